"""The three lists of dependencies (pyproject, constraints, conda) agree with each other."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

import edex

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NOT_A_PACKAGE_OF_OURS = {"python", "pip"}


def _name(requirement):
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower().replace("_", "-")


def _bounds(requirement):
    return re.sub(r"^[A-Za-z0-9._-]+(\[[^\]]*\])?", "", requirement).split(";")[0].replace(" ", "")


def _runtime():
    """Requirements of the package with all science extras."""
    extras = PROJECT["optional-dependencies"]
    named = {e for r in extras["all"] for e in re.search(r"\[(.*)\]", r)[1].split(",")}
    return PROJECT["dependencies"] + [r for extra in named for r in extras[extra]]


def _conda():
    content = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert content["channels"] == ["conda-forge"]
    return content["dependencies"]


def _constraints():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_conda_installs_what_pyproject_asks_for_and_nothing_else():
    wanted = {_name(r): _bounds(r) for r in _runtime()}
    wanted.pop("tensorflow-cpu")  # conda's tensorflow is the one for this machine
    found = {_name(r): _bounds(r) for r in _conda() if _name(r) not in NOT_A_PACKAGE_OF_OURS}
    assert found == wanted


def test_conda_takes_the_python_versions_of_pyproject():
    python = next(_bounds(r) for r in _conda() if _name(r) == "python")
    assert python == PROJECT["requires-python"]


def test_the_extra_all_names_every_science():
    extras = set(PROJECT["optional-dependencies"]) - {"all", "dev", "site"}  # no student needs it
    named = {
        e
        for r in PROJECT["optional-dependencies"]["all"]
        for e in re.search(r"\[(.*)\]", r)[1].split(",")
    }
    assert named == extras


def test_every_direct_dependency_has_an_exact_version_in_the_constraints():
    exact = {_name(line) for line in _constraints()}
    extras = PROJECT["optional-dependencies"]
    direct = {_name(r) for r in _runtime() + extras["site"] + extras["dev"]}
    assert direct <= exact


@pytest.mark.parametrize("line", _constraints())
def test_a_constraint_is_a_name_and_an_exact_version(line):
    assert re.fullmatch(r'[a-z0-9.-]+==[\w.!+]+( ; python_version (==|>=) "3\.1[1-3]")?', line)


def test_the_citation_names_this_version():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == edex.__version__


def test_the_make_targets_of_the_readme_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"^make (\w+)", readme, flags=re.M)):
        assert re.search(rf"^{target}:", makefile, flags=re.M)
