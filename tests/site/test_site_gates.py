import pytest

from edex.site.gates import find_problems, read_page


@pytest.fixture
def site(tmp_path):
    """Write pages: ``site(index="<p>...</p>")``; the folder comes back."""

    def make(**pages):
        for name, body in pages.items():
            (tmp_path / f"{name}.html").write_text(f"<html><body>{body}</body></html>")
        return tmp_path

    return make


def test_a_sound_site_has_no_problems(site):
    folder = site(
        index='<h1 id="top">A</h1><a href="other.html#part">b</a><a href="#top">c</a>'
        '<img alt="A line that rises" src="data:image/png;base64,AA"><a href="mailto:a@b.c">m</a>',
        other='<h2 id="part">B</h2><a href="https://doi.org/10.1/x">paper</a><a href="index.html">',
    )
    assert find_problems(folder) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('<img src="a.png" alt="">', "the picture 'a.png' has no alt text"),
        ('<img src="https://x.org/a.png" alt="A">', "loads https://x.org/a.png from another"),
        ('<script src="//cdn.x.org/a.js"></script>', "loads //cdn.x.org/a.js from another machine"),
        ('<link rel="stylesheet" href="http://x.org/a.css">', "loads http://x.org/a.css"),
        ('<script src="gone.js"></script>', "the file gone.js that it loads is not there"),
        ('<a href="gone.html">a</a>', "the link gone.html leads to no file"),
        ('<a href="#gone">a</a>', "the link #gone leads to no place on that page"),
        ('<a href="index.html#gone">a</a>', "the link index.html#gone leads to no place"),
    ],
)
def test_what_is_wrong_is_named_with_its_page(site, body, said):
    problems = find_problems(site(index=body))
    assert any(problem.startswith(f"index.html: {said}") for problem in problems)


def test_a_picture_for_decoration_needs_no_description(site):
    assert find_problems(site(index='<img src="data:," alt="" role="presentation">')) == []


def test_a_style_sheet_must_not_load_a_font_from_elsewhere(site):
    folder = site(index="")
    (folder / "a.css").write_text("@font-face { src: url('https://fonts.org/a.woff2'); }")
    assert find_problems(folder) == ["a.css: loads from another machine (https:)."]


def test_links_to_other_sites_are_no_requests(site):
    page = read_page(site(index='<a href="https://x.org">x</a>') / "index.html")
    assert (page.links, page.loaded) == (["https://x.org"], [])
