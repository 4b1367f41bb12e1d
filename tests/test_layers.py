"""Imports point one way only, and modules are small enough to read in one sitting."""

import ast
import importlib
from pathlib import Path

import pytest

import edex

PACKAGE = Path(edex.__file__).parent
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "_course" not in path.parts)
MAX_LINES = 400

# Which parts of edex each part may import. Sciences get the same as melting.
SCIENCE = {"errors", "datasets", "learn"}
ALLOWED = {
    "errors": set(),
    "course": {"errors"},
    "datasets": {"errors"},
    "learn": {"errors"},
    "melting": SCIENCE,
    "membranes": SCIENCE,
    "spacegroup": SCIENCE,
    "examples": SCIENCE | {"spacegroup", "melting", "membranes"},
    "checks": {"errors", "course"},
    "notebooks": {"errors", "course", "checks"},
    "site": {"errors", "course", "checks", "notebooks", "datasets"},
    "survey": {"errors", "course"},
    "survey_scores": {"errors", "survey"},
}
# These may import all.
FREE = {
    "cli",
    "cli_data",
    "cli_list",
    "cli_melting",
    "cli_pdfs",
    "cli_permeability",
    "cli_predict",
    "cli_site",
    "cli_survey",
    "console",
    "doctor",
}


def part_of(path):
    """Name the part that a module belongs to: ``datasets`` for edex/datasets/crc.py."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def name_of(path):
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_parts(path):
    """Yield (line, part) for each import of edex, also those inside functions."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = name_of(path).split(".")
    package = package if path.name == "__init__.py" else package[:-1]
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*package[: len(package) - node.level + 1], base]).rstrip(".")
            names = [f"{base}.{alias.name}" for alias in node.names]
        for name in names:
            first, _, rest = name.partition(".")
            if first == "edex" and rest != "__version__":
                yield node.lineno, rest.partition(".")[0]


def ids(path):
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_a_module_imports_only_what_is_below_it(path):
    part = part_of(path)
    if part in FREE or part == "__init__":
        return
    assert part in ALLOWED, f"{part} is new: say in ALLOWED what it may import"
    wrong = [
        f"{path.relative_to(PACKAGE)}:{line} imports edex.{other}"
        for line, other in imported_parts(path)
        if other not in ALLOWED[part] | {part}
    ]
    assert wrong == []


def test_the_package_itself_imports_nothing():
    assert list(imported_parts(PACKAGE / "__init__.py")) == []


def test_the_rule_sees_imports_of_every_form(tmp_path, monkeypatch):
    monkeypatch.setattr("test_layers.PACKAGE", tmp_path / "edex")
    path = tmp_path / "edex" / "learn" / "splits.py"
    path.parent.mkdir(parents=True)
    path.write_text(
        "import edex.checks\nfrom edex import melting, __version__\nfrom edex.cli import main\n"
        "from . import metrics\nfrom ..notebooks import lint\nimport numpy\n"
        "def f():\n    from edex.datasets import crc\n"
    )
    assert list(imported_parts(path)) == [
        (1, "checks"), (2, "melting"), (3, "cli"), (4, "learn"), (5, "notebooks"), (8, "datasets"),
    ]  # fmt: skip


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_a_module_is_short_and_says_what_it_is(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_what_a_module_calls_public_is_there(path):
    module = importlib.import_module(name_of(path))
    public = getattr(module, "__all__", [])
    assert [name for name in public if not hasattr(module, name)] == []
    assert len(set(public)) == len(public)
    if path.name != "__init__.py":
        assert public, "a module says in __all__ what is public"
