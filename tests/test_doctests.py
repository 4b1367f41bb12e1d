"""The examples in the docstrings are true."""

import doctest
import importlib
from pathlib import Path

import pytest

import edex

PACKAGE = Path(edex.__file__).parent
MODULES = sorted(
    ".".join(("edex", *path.relative_to(PACKAGE).with_suffix("").parts))
    for path in PACKAGE.rglob("*.py")
    if ">>>" in path.read_text(encoding="utf-8")
)


def test_there_are_examples():
    assert MODULES


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_are_true(name):
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0
