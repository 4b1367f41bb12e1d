import pytest
from tiny_edex import line_of

from edex.errors import SourceError
from edex.notebooks.glossary import Glossary, read_glossary

TEXT = """\
# Glossary

Words.

## Grouped split

A split by group. See [baseline](../../glossary.md#baseline).
Second line.

## Baseline

The simplest model.

## R² score (test)

How much is explained.
"""


@pytest.fixture
def glossary(tmp_path):
    (tmp_path / "glossary.md").write_text(TEXT, encoding="utf-8")
    return read_glossary(tmp_path / "glossary.md")


def link(term, anchor):
    return f"[{term}](../../glossary.md#{anchor})"


def test_headings_are_terms_under_the_anchors_of_github(glossary):
    assert set(glossary.entries) == {"grouped-split", "baseline", "r²-score-test"}
    assert glossary.entries["baseline"] == ("Baseline", "The simplest model.")
    assert glossary.entries["grouped-split"][1].endswith("Second line.")


def test_a_missing_file_is_an_empty_glossary(tmp_path):
    assert read_glossary(tmp_path / "glossary.md") == Glossary({})


@pytest.mark.parametrize("target", ["problem-set", "solution"])
def test_links_lead_to_a_last_cell_that_explains_the_terms_used(compiled, glossary, target):
    notebook = compiled(
        target, ("Some numbers", f"Some {link('split', 'grouped-split')}"), glossary=glossary
    )
    assert "Some [split](#Glossary)" in notebook.cells[0].source
    last = notebook.cells[-1].source
    assert last.startswith("## Glossary\n\n**Grouped split.** A split by group.")
    assert "See *baseline*." in last
    assert "The simplest model" not in last
    assert "glossary.md" not in "".join(cell.source for cell in notebook.cells)


def test_without_links_there_is_no_such_cell(compiled, glossary):
    assert "Glossary" not in compiled("problem-set", glossary=glossary).cells[-1].source


def test_a_link_over_two_lines_is_a_link(compiled, glossary):
    notebook = compiled(
        "problem-set", ("Some numbers", link("grouped\nsplit", "grouped-split")), glossary=glossary
    )
    assert "[grouped\nsplit](#Glossary)" in notebook.cells[0].source


@pytest.mark.parametrize(
    "place",
    ["Some numbers and", "Compute `total`, the", "What the total is for", "This explanation is"],
    ids=["under the title", "in a prompt", "in a heading", "in the solution"],
)
@pytest.mark.parametrize("target", ["problem-set", "solution"])
def test_an_unknown_term_is_told_with_its_line(tiny, compiled, glossary, target, place):
    change = (place, f"{place}\n\n{link('split', 'gruped-split')} and")
    with pytest.raises(SourceError, match=r"no entry #gruped-split\. It has: baseline") as caught:
        compiled(target, change, glossary=glossary)
    assert caught.value.line == line_of(tiny(change), "gruped-split")
