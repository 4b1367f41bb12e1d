import functools

import pytest
from tiny_edex import CHECKS, FRONT, LESSON, MUTANTS, write_tiny

from edex.checks import load_questions
from edex.notebooks.compiler import compile_notebook
from edex.notebooks.glossary import Glossary
from edex.notebooks.source import read_source


@pytest.fixture
def tiny(tmp_path):
    """Write a tiny EdEx; ``tiny(("old", "new"))`` changes its texts before."""

    def make(*changes, **texts):
        parts = {"lesson": LESSON, "front": FRONT, "checks": CHECKS, "mutants": MUTANTS, **texts}
        for old, new in changes:
            found = [name for name, text in parts.items() if old in text]
            assert found, f"{old!r} stands nowhere"
            for name in found:
                parts[name] = parts[name].replace(old, new)
        return write_tiny(tmp_path / "tiny", **parts)

    return make


@pytest.fixture
def compiled(tiny):
    """Compile a tiny EdEx: ``compiled("problem-set", ("old", "new"), preset="quick")``."""

    def make(target, *changes, glossary=None, preset="default", **texts):
        edex = tiny(*changes, **texts)
        return compile_notebook(
            read_source(edex.source),
            load_questions(edex.checks),
            target,
            preset=preset,
            glossary=glossary or Glossary({}),
        )

    return make


@pytest.fixture
def source_of(tiny):
    """Write a lesson under the usual front matter and read it."""

    @functools.wraps(read_source)
    def make(lesson):
        return read_source(tiny(lesson=lesson).source)

    return make
