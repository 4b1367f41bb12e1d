"""The slides of a lecture, from the same source as its text.

Cells say what they are on a slide (``slide: new``, ``same``, ``figure``, ``only``); figures come
from the executed notebook. A deck is one HTML file that reveal.js shows; reveal.js and MathJax lie
beside it, so a lecture hall needs no network.

References
----------
reveal.js 5 by H. El Hattab (MIT): keys, overview and speaker view are its own.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from edex.notebooks.glossary import GLOSSARY_LINK
from edex.notebooks.links import LESSON_LINK
from edex.notebooks.source import Cell
from edex.site.pages import Built

__all__ = ["deck", "slides"]

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · slides</title>
<link rel="stylesheet" href="../_static/revealjs/reveal.css">
<link rel="stylesheet" href="../_static/slides.css">
<link rel="icon" href="data:,">
<script>
window.MathJax = {{
  tex: {{inlineMath: [["\\\\(", "\\\\)"]], displayMath: [["\\\\[", "\\\\]"]]}},
  options: {{enableMenu: false}},
  startup: {{typeset: false}}
}};
</script>
<script src="../_static/mathjax/tex-svg.js"></script>
<script src="../_static/revealjs/reveal.js"></script>
</head>
<body>
<div class="reveal"><div class="slides">
{slides}
</div></div>
<script>
// An equation beside a figure may be wider than its column: make it smaller, never cut it.
const fit = (slide) => slide.querySelectorAll("mjx-container[display=true]").forEach((box) => {{
  const room = box.parentElement.clientWidth;
  const width = () => box.querySelector("svg").getBoundingClientRect().width / Reveal.getScale();
  // ex and px do not scale quite alike, so look again
  for (let tries = 0; tries < 4 && width() > room; tries++) {{
    box.style.fontSize = 0.97 * room / width() * parseFloat(getComputedStyle(box).fontSize) + "px";
  }}
}});
Reveal.on("ready", (event) => fit(event.currentSlide));
Reveal.on("slidechanged", (event) => fit(event.currentSlide));
MathJax.startup.promise
  .then(() => MathJax.typesetPromise())
  .then(() => Reveal.initialize({{hash: true, slideNumber: "c/t", transition: "none",
    display: "flex",
    width: 1280, height: 720, margin: 0.03, center: false, pdfSeparateFragments: false}}));
</script>
</body>
</html>
"""


def deck(built: Built) -> str:
    """Write the deck of a lecture as an HTML page.

    Parameters
    ----------
    built : Built
        A lecture that has been built.
    """
    front = built.source.front
    title = (
        f"<h1>{html.escape(front.title)}</h1>\n"
        f'<p class="asks">{html.escape(front.asks)}</p>\n'
        f'<p class="week">Week {front.number}. Arrow keys turn the slides, Esc shows all, '
        f'F fills the screen. <a href="../lectures/{built.lesson.path.name}.html">The text</a></p>'
    )
    outcomes = "\n".join(f"- {outcome}" for outcome in front.outcomes)
    last = "## Now you can\n\n" + outcomes
    sections = [title, *("\n".join(parts) for parts in slides(built)), _markdown(last)]
    body = "\n".join(f"<section>\n{section}\n</section>" for section in sections)
    return _PAGE.format(title=html.escape(front.title), slides=body)


def slides(built: Built) -> Iterator[list[str]]:
    """Yield the slides of a lecture, each as a list of pieces of HTML."""
    parts: list[str] = []
    for cell in built.source.cells:
        if not cell.slide:
            continue
        if cell.slide in ("new", "only") and parts:
            yield parts
            parts = []
        parts += _pieces(built, cell, is_first=not parts)
    if parts:
        yield parts


def _pieces(built: Built, cell: Cell, *, is_first: bool) -> Iterator[str]:
    """Show a cell; what it draws or prints comes at a key press, after the class has guessed."""
    if cell.kind == "markdown":
        heading, words = _split_heading(_markdown(cell.text))
        yield from (heading,) if heading else ()
        yield from (f'<div class="words">{words}</div>',) if words else ()
        return
    if cell.slide != "figure":
        yield f'<div class="words">{_highlighted(cell.text)}</div>'
    waits = "" if is_first and cell.slide == "figure" else "fragment "
    for output in built.executed(cell).outputs:
        if shown := _output(output, cell.alt):
            kind = "figure" if shown.startswith("<img") else "printed"
            yield f'<div class="{waits}{kind}">{shown}</div>'


def _split_heading(markup: str) -> tuple[str, str]:
    """Take the heading apart from what stands under it: a figure may stand beside the words."""
    found = re.match(r"<h2>.*?</h2>", markup, flags=re.S)
    end = found.end() if found else 0
    return markup[:end], markup[end:].strip()


def _highlighted(code: str) -> str:
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return str(highlight(code, PythonLexer(), HtmlFormatter(noclasses=True, nobackground=True)))


def _output(output: Any, alt: str) -> str:
    """Show what a cell has drawn or printed."""
    data = output.get("data", {})
    if "image/png" in data:
        png = "".join(data["image/png"].split())
        return f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{png}">'
    if "text/html" in data:
        return f'<div class="table">{data["text/html"]}</div>'
    text = output.get("text") or data.get("text/plain", "")
    return f"<pre>{html.escape(text)}</pre>" if text else ""


def _markdown(text: str) -> str:
    """Turn Markdown with mathematics into HTML; links stay only where they lead off the site."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    def render_math(content: str, options: dict[str, Any]) -> str:
        escaped = html.escape(content.strip())
        return f"\\[{escaped}\\]" if options["display_mode"] else f"\\({escaped}\\)"

    text = LESSON_LINK.sub(r"\1", GLOSSARY_LINK.sub(r"\1", text))
    reader = MarkdownIt("commonmark").enable("table")
    reader.use(dollarmath_plugin, renderer=render_math, double_inline=True)
    return re.sub(r"<(/?)h[1-6]>", r"<\1h2>", reader.render(text))
