import ast

import pytest
from IPython.core.interactiveshell import InteractiveShell

from edex.checks import Todo
from edex.checks.carry import carry_placeholders
from edex.checks.names import assigned_names


@pytest.fixture
def run():
    """Run cells in a shell that is watched, and return its namespace."""
    shell = InteractiveShell()
    carry_placeholders(shell)
    carry_placeholders(shell)
    shell.user_ns["todo"] = Todo

    def run(*cells):
        for cell in cells:
            shell.run_cell(cell)
        return shell.user_ns

    yield run
    shell.history_manager.end_session()


def test_names_a_blank_cell_could_not_set_carry_its_question(run, capsys):
    names = run("a = todo('q1')", "b = a + 1\nc, (d, *e) = b", "f = b * 2")
    for name in "bcdef":
        assert repr(names[name]) == "<q1: still to do>"


def test_running_again_with_an_answer_sets_them(run, capsys):
    names = run("a = todo('q1')", "b = a + 1", "a = 1", "b = a + 1")
    assert names["b"] == 2


def test_a_name_that_has_a_value_keeps_it(run, capsys):
    assert run("b = 5", "b = todo('q1') + 1")["b"] == 5


def test_another_error_carries_nothing(run, capsys):
    assert "b" not in run("b = 1 / 0")


@pytest.mark.parametrize("cell", ["b = (", "%nonsense\nb = 1", "", "await b", "%%time\nb = 1"])
def test_any_cell_may_follow(run, capsys, cell):
    assert run("a = todo('q1')", cell, "z = 1")["z"] == 1


def test_magics_in_the_cell_do_no_harm(run, capsys):
    assert isinstance(run("%precision 3\nb = todo('q1') + 1")["b"], Todo)


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("a = b = 1", ["a", "b"]),
        ("def f():\n    x = 1", ["f"]),
        ("class A:\n    x = 1", ["A"]),
        ("y = [x for x in z]", ["y"]),
        ("import a.b, c as d\nfrom e import f", ["a", "d", "f"]),
        ("for i in x:\n    j = i", ["i", "j"]),
        ("a.b = 1\nc[0] = 2", []),
        ("f(x := 1)", ["x"]),
    ],
)
def test_names_are_those_of_the_cell_itself(code, names):
    assert assigned_names(ast.parse(code).body) == names
