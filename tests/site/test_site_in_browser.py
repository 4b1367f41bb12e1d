"""The built site in a browser: mathematics, figures, folds, phone width, and no request outside."""

import os
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from edex.course import lecture_folders

SITE = Path(os.environ.get("EDEX_SITE_DIR", "no-site")).resolve()
WIDTHS = {"desktop": 1280, "phone": 390}
PAGES = {
    "landing": "index.html",
    "syllabus": "syllabus.html",
    "a lecture": "lectures/01-your-stack.html",
    "an EdEx": "edexes/4-melting-temperature.html",
    "glossary": "glossary.html",
    "a data card": "data/helium.html",
    "reference": "reference/edex.melting.html",
    "instructors": "instructor/index.html",
}

DECKS = [lecture.path.name for lecture in lecture_folders()]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif("EDEX_SITE_DIR" not in os.environ, reason="needs the site: make browser"),
]


@pytest.fixture(scope="module")
def browser():
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "chromium is not installed: apt-get install chromium"
    assert (SITE / "index.html").is_file(), f"{SITE} holds no site: make site PRESET=quick"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    """Open a page and collect what it asked for and what went wrong."""
    context = None

    def visit(name, width=1280, theme="light"):
        nonlocal context
        size = {"width": width, "height": 900}
        context = browser.new_context(viewport=size, color_scheme=theme)
        page = context.new_page()
        page.requested, page.failed = [], []
        page.on("request", lambda request: page.requested.append(request.url))
        page.on("requestfailed", lambda request: page.failed.append(request.url))
        page.on("pageerror", lambda error: page.failed.append(str(error)))
        file, _, query = name.partition("?")
        page.goto((SITE / file).as_uri() + ("?" + query) * bool(query))
        page.wait_for_load_state("networkidle")
        return page

    yield visit
    if context:
        context.close()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
@pytest.mark.parametrize("name", PAGES.values(), ids=PAGES.keys())
def test_a_page_fits_and_asks_nobody_else(visit, name, width):
    page = visit(name, width)
    assert [url for url in page.requested if not url.startswith(("file:", "data:"))] == []
    assert page.failed == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES.values(), ids=PAGES.keys())
def test_a_page_meets_the_rules_of_accessibility(visit, name, theme):
    page = visit(name, theme=theme)
    page.evaluate("document.querySelectorAll('details').forEach(fold => (fold.open = true))")
    # Contrast, names of controls, structure: the levels A and AA of WCAG, as axe tests them.
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]}).response
    assert [violation["id"] for violation in found["violations"]] == []
    assert len(found["passes"]) > 10


@pytest.mark.parametrize("name", [PAGES["a lecture"], PAGES["an EdEx"]])
def test_mathematics_and_figures_are_drawn(visit, name):
    page = visit(name)
    page.wait_for_selector("mjx-container svg")
    assert page.locator("mjx-container").count() > 5
    assert page.locator("mjx-merror").count() == 0
    broken = "[...document.images].filter(i => !i.naturalWidth).map(i => i.alt)"
    assert page.evaluate(broken) == []
    assert page.locator("div.cell_output img").count() > 2


@pytest.mark.parametrize("name", [PAGES["a lecture"], PAGES["an EdEx"]])
def test_a_solution_is_hidden_until_it_is_asked_for_with_the_keyboard(visit, name):
    page = visit(name)
    fold = page.locator("details.edex-fold").first
    assert not fold.locator("div.cell, p").first.is_visible()
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    assert fold.locator("div.cell, p").first.is_visible()


@pytest.mark.parametrize("name", DECKS)
def test_every_deck_turns_draws_its_mathematics_and_fits_the_screen(visit, name):
    page = visit(f"slides/{name}.html")
    page.wait_for_selector(".reveal.ready")
    assert [url for url in page.requested if not url.startswith(("file:", "data:"))] == []
    assert page.failed == []
    total = page.evaluate("Reveal.getTotalSlides()")
    assert total >= 10
    heights, cut = {}, []
    too_wide = """Reveal.getCurrentSlide().querySelectorAll('mjx-container[display=true]').values()
        .some(box => box.querySelector('svg').getBoundingClientRect().width / Reveal.getScale()
            > box.parentElement.clientWidth + 1)"""
    for _ in range(200):
        number = page.evaluate("Reveal.getIndices().h")
        heights[number] = page.evaluate("Reveal.getCurrentSlide().scrollHeight")
        cut += [number] * page.evaluate(too_wide)
        if page.evaluate("Reveal.isLastSlide()"):
            break
        page.keyboard.press("ArrowRight")
    assert len(heights) == total
    assert {number: height for number, height in heights.items() if height > 720} == {}
    assert cut == []
    assert page.locator("mjx-merror").count() == 0


def test_search_finds_a_word_without_a_server(visit):
    page = visit("search.html?q=leakage")
    page.wait_for_selector("ul.search li a")
    assert page.locator("ul.search li a").count() > 1


def test_a_keyboard_reaches_the_text_past_the_menus(visit):
    page = visit(PAGES["a lecture"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main-content"
