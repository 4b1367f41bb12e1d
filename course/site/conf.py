"""How Sphinx lays out the course. `make site` collects the pages and calls it."""

project = "edex"
author = "The edex developers"
copyright = "The edex developers; text CC BY 4.0, code BSD-3-Clause"
html_title = "Machine Learning in the Physical Sciences"
language = "en"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
]
exclude_patterns = ["_static"]

# Notebooks have been run by `edex build`, with its gates and its cache.
nb_execution_mode = "off"
nb_ipywidgets_js = {}  # widgets would ask the network for their code
nb_merge_streams = True
myst_enable_extensions = ["amsmath", "colon_fence", "dollarmath"]
myst_heading_anchors = 3
myst_dmath_double_inline = True

autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_extra_path = ["../extra"]
html_css_files = ["edex.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
mathjax_path = "mathjax/tex-svg.js"
mathjax3_config = {
    "tex": {"inlineMath": [["\\(", "\\)"]], "displayMath": [["\\[", "\\]"]]},
    "options": {"enableMenu": True},
}
copybutton_exclude = ".linenos, .gp, .go"
highlight_language = "none"  # a fence without a language is a terminal or a tree of files
pygments_style = "a11y-high-contrast-light"

html_theme_options = {
    "logo": {"text": "edex"},
    "navbar_align": "left",
    "navbar_persistent": ["search-button"],
    "navbar_end": ["theme-switcher"],
    "header_links_before_dropdown": 7,
    "show_nav_level": 1,
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": {"**": ["page-toc"], "index": []},
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "back_to_top_button": True,
}
html_sidebars = {"index": [], "glossary": [], "syllabus": []}
