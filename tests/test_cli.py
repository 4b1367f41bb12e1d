import json
import os
import subprocess
import sys
import types

import click
import pytest
from click.testing import CliRunner

import edex
import edex.cli
from edex.cli import cli, main
from edex.course import PLANNED, edex_folders
from edex.doctor import Finding
from edex.errors import DataError
from edex.learn.results import Results, Row

VERBS = ("doctor", "list", "start", "check", "build", "site", "survey", "run", "data", "new",
         "lint", "predict")  # fmt: skip
HEAVY = {"numpy", "pandas", "sklearn", "scipy", "matplotlib", "jupytext", "nbformat", "nbclient",
         "yaml", "rich", "pooch", "IPython"}  # fmt: skip


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Call ``edex`` in an empty folder and return exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["edex", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        shown = capsys.readouterr()
        assert "Traceback" not in shown.out + shown.err
        return caught.value.code or 0, shown.out, shown.err

    return call


@pytest.fixture
def demo(call, tmp_path):
    """The EdEx that ``edex new demo`` makes."""
    assert call("new", "demo")[0] == 0
    return tmp_path / "demo"


def commands(group=cli, before=()):
    for name, command in group.commands.items():
        yield (*before, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))


class TestHelp:
    def test_the_verbs_are_those_of_the_design(self):
        assert set(cli.commands) == set(VERBS)

    @pytest.mark.parametrize("verb", [(), *commands()], ids=" ".join)
    @pytest.mark.parametrize("option", ["--help", "-h"])
    def test_every_verb_has_help_that_is_a_sentence(self, verb, option):
        result = CliRunner().invoke(cli, [*verb, option])
        assert result.exit_code == 0
        text = result.output.split("\n\n")[1].strip()
        assert text[0].isupper()
        assert text.endswith((".", ". "))

    def test_no_verb_shows_help_and_is_no_success(self, call):
        code, out, err = call()
        assert code == 2
        assert "Usage: edex" in out + err

    def test_the_version_is_that_of_the_package(self, call):
        assert call("--version") == (0, f"edex {edex.__version__}\n", "")

    @pytest.mark.parametrize(
        ("verb", "guess"),
        [("build2", "build"), ("stat", "start"), ("lst", "list"), ("docter", "doctor"),
         ("predikt", "predict")],
    )  # fmt: skip
    def test_an_unknown_verb_gets_the_nearest(self, call, verb, guess):
        code, _, err = call(verb)
        assert code == 2
        assert f"There is no verb {verb!r}. Did you mean {guess!r}? Verbs are doctor, list" in err

    def test_a_verb_far_from_all_gets_the_list(self, call):
        code, _, err = call("xyz")
        assert code == 2
        assert "There is no verb 'xyz'. Verbs are doctor, list, start" in err

    def test_an_unknown_verb_of_data_gets_the_nearest(self, call):
        code, _, err = call("data", "fech")
        assert code == 2
        assert "Did you mean 'fetch'? Verbs are list, card, fetch, verify, make." in err


# Wrong calls: arguments, exit code, what is said.
WRONG = {
    "an unknown EdEx": (("start", "nothing"), 2, "There is no EdEx 'nothing'"),
    "an unknown EdEx to build": (("build", "nothing"), 2, "There is no EdEx 'nothing'"),
    "no draw at all": (("build", "4", "--tries", "0"), 2, "0 is not in the range x>=1"),
    "an unknown EdEx to lint": (("lint", "nothing"), 2, "There is no EdEx 'nothing'"),
    "an unknown EdEx to run": (("run", "nothing"), 2, "There is no EdEx 'nothing'"),
    "no EdEx": (("start",), 2, "Missing argument 'EDEX'"),
    "an unknown option": (("list", "--nothing"), 2, "No such option"),
    "a bad id": (("new", "My EdEx"), 2, "'My EdEx' is no id of an EdEx"),
    "no notebook": (("check", "nowhere.ipynb"), 2, "There is no file nowhere.ipynb"),
    "no such data": (("data", "card", "nothing"), 2, "'nothing'"),
    "nothing to predict": (("predict", "boiling", "NaCl"), 2, "nothing called 'boiling'"),
    "nothing given": (("predict", "melting"), 2, "Missing argument 'THINGS"),
    "a limit that is no number": (("check", "a.ipynb", "--timeout", "x"), 2, "not a valid integer"),
}


class TestErrors:
    @pytest.mark.parametrize(("arguments", "code", "said"), WRONG.values(), ids=WRONG)
    def test_each_is_one_message_and_its_exit_code(self, call, arguments, code, said):
        found, out, err = call(*arguments)
        assert found == code
        assert said in err
        assert out == ""

    def test_an_error_of_data_is_exit_code_1(self, call, monkeypatch):
        def fail(name):
            raise DataError("The disk is full.")

        monkeypatch.setattr("edex.datasets.card", fail)
        assert call("data", "card", "x") == (1, "", "edex: The disk is full.\n")

    def test_stopping_is_said_in_a_word(self, call, monkeypatch):
        def stop(name):
            raise KeyboardInterrupt

        monkeypatch.setattr("edex.datasets.card", stop)
        code, _, err = call("data", "card", "x")
        assert (code, err.strip()) == (130, "Stopped.")

    def test_a_folder_that_cannot_be_made_is_told(self, call, tmp_path):
        (tmp_path / "file").write_text("")
        code, _, err = call("new", "demo", "--parent", "file/folder")
        assert code == 1
        assert err.startswith("edex: ")
        assert "Check the path" in err

    def test_a_preset_that_is_not_there_is_told(self, call, demo):
        code, _, err = call("build", "demo", "--preset", "fast")
        assert code == 2
        assert "Presets are quick, default, full" in err


class TestList:
    def test_it_names_every_edex_of_the_course(self, call):
        code, out, _ = call("list")
        assert code == 0
        assert [line.split()[:2] for line in out.splitlines()] == [
            [str(number), edex_id] for number, edex_id, _ in PLANNED
        ]

    def test_as_json_it_says_which_are_ready(self, call):
        rows = json.loads(call("list", "--json")[1])
        ready = {row["id"] for row in rows if row["status"] == "ready"}
        assert ready == {e.id for e in edex_folders()}
        assert all((row["minutes"] is None) == (row["status"] == "planned") for row in rows)

    @pytest.mark.parametrize(
        "arguments",
        [["list"], ["--help"], ["start", "--help"], ["--version"], ["lst"]],
        ids=" ".join,
    )
    def test_what_must_answer_at_once_imports_nothing_heavy(self, arguments):
        code = (
            "import sys, edex.cli\n"
            "try:\n    edex.cli.main()\n"
            "except SystemExit:\n    pass\n"
            "print('\\n'.join(sys.modules), file=sys.stderr)"
        )
        result = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
        )
        assert HEAVY & set(result.stderr.split()) == set()


class TestStart:
    def test_it_writes_the_problem_set_and_says_how_to_open_it(self, call, demo, tmp_path):
        code, out, _ = call("start", "demo", "--no-open")
        assert code == 0
        assert "Wrote demo-problem-set.ipynb. About 15 minutes of work." in out
        assert "jupyter lab demo-problem-set.ipynb" in out
        assert json.loads((tmp_path / "demo-problem-set.ipynb").read_text())["nbformat"] == 4
        assert (tmp_path / "checks.py").is_file()

    def test_the_second_time_it_leaves_the_file_as_it_is(self, call, demo, tmp_path):
        call("start", "demo", "--no-open")
        notebook = tmp_path / "demo-problem-set.ipynb"
        notebook.write_text("my answers")
        os.utime(notebook, (1, 1))
        code, out, _ = call("start", "demo", "--no-open")
        assert code == 0
        assert "with the answers so far" in out
        assert notebook.read_text() == "my answers"
        assert notebook.stat().st_mtime == 1

    def test_it_writes_into_another_folder(self, call, demo, tmp_path):
        assert call("start", "demo", "--no-open", "--folder", "my/work")[0] == 0
        assert (tmp_path / "my" / "work" / "demo-problem-set.ipynb").is_file()

    @pytest.mark.parametrize("folder", edex_folders(), ids=lambda folder: folder.id)
    def test_every_edex_of_the_course_starts(self, call, tmp_path, folder):
        assert call("start", folder.number, "--no-open")[0] == 0
        assert [path.name for path in tmp_path.iterdir()] == [f"{folder.id}-problem-set.ipynb"]

    def test_it_opens_jupyterlab_with_the_notebook(self, call, demo, monkeypatch):
        calls = []
        monkeypatch.setattr("subprocess.run", lambda command, **options: calls.append(command))
        assert call("start", "demo")[0] == 0
        assert calls == [[sys.executable, "-m", "jupyter", "lab", "demo-problem-set.ipynb"]]


class TestNewAndLint:
    def test_a_new_edex_has_no_mistakes(self, call, demo):
        assert call("lint", "demo") == (0, "No mistakes in demo.\n", "")

    def test_mistakes_are_listed_with_file_and_line(self, call, demo):
        source = demo / "edex.md"
        source.write_text(source.read_text().replace(":question: q1", ":question: q9"))
        code, out, _ = call("lint", "demo")
        assert code == 1
        assert "edex.md:48: q9 has no check" in out

    def test_checks_that_do_not_load_are_one_message(self, call, demo):
        (demo / "checks.py").write_text("import nowhere_at_all\n")
        code, _, err = call("lint", "demo")
        assert code == 2
        assert "checks.py:1 cannot be loaded: ModuleNotFoundError" in err

    def test_making_it_again_is_refused(self, call, demo):
        code, _, err = call("new", "demo")
        assert code == 2
        assert "demo exists already" in err


class TestDoctor:
    @pytest.mark.parametrize(
        ("findings", "code"),
        [
            ([Finding("a", True, "fine")], 0),
            ([Finding("a", True, "fine"), Finding("b", False, "absent", is_optional=True)], 0),
            ([Finding("a", True, "fine"), Finding("b", False, "absent")], 1),
        ],
    )
    def test_its_exit_code_says_whether_the_course_works(self, call, monkeypatch, findings, code):
        monkeypatch.setattr("edex.doctor.examine", lambda: findings)
        found, out, _ = call("doctor")
        assert found == code
        assert ("Ready." in out) == (code == 0)
        found, out, _ = call("doctor", "--json")
        assert found == code
        assert json.loads(out) == [finding._asdict() for finding in findings]

    @pytest.mark.slow
    def test_this_computer_is_ready(self, call):
        code, out, _ = call("doctor", "--json")
        rows = json.loads(out)
        assert [row for row in rows if not (row["is_good"] or row["is_optional"])] == []
        assert code == 0


class TestData:
    def test_the_list_is_json_too(self, call):
        rows = json.loads(call("data", "list", "--json")[1])
        assert {"crc-melting", "gharakhanyan-2024"} <= {row["name"] for row in rows}
        names = [line.split()[0] for line in call("data", "list")[1].splitlines()]
        assert names == [row["name"] for row in rows]

    def test_every_data_set_has_a_card(self, call):
        for row in json.loads(call("data", "list", "--json")[1]):
            code, out, _ = call("data", "card", row["name"])
            assert code == 0
            assert len(out) > 200


@pytest.mark.slow
class TestBuildAndCheck:
    def test_a_new_edex_is_built_once_and_its_notebooks_are_checked(self, call, demo, tmp_path):
        code, out, _ = call("build", "demo")
        assert code == 0
        assert "demo (default): built" in out
        assert "3 of 3 points; 3 wrong answers caught" in out
        assert "demo (default): unchanged" in call("build", "demo")[1]
        folder = tmp_path / "build" / "demo"
        assert call("check", folder / "demo-solution.ipynb")[0] == 0
        code, out, _ = call("check", folder / "demo-problem-set.ipynb", "--json")
        assert code == 1
        report = json.loads(out)
        assert (report["points"], report["max_points"]) == (0, 3)

    def test_results_of_an_earlier_build_do_not_outlive_a_run_that_is_stopped(
        self, call, demo, tmp_path, monkeypatch
    ):
        rows = (Row("answer", 42.0),)
        states = {"stops": False, "runs": 0}

        def run(preset, progress):
            states["runs"] += 1
            if states["stops"]:
                raise DataError("stopped in the middle")
            return Results("demo", preset, 0, rows)

        module = types.ModuleType("toy_results")
        module.run = run
        monkeypatch.setitem(sys.modules, "toy_results", module)
        monkeypatch.setitem(edex.cli.RUNNERS, "demo", ("toy_results", "run"))
        report = tmp_path / "build" / "demo" / "results.json"
        assert call("build", "demo")[0] == 0
        assert json.loads(report.read_text())["preset"] == "default"
        assert call("build", "demo")[0] == 0
        assert states["runs"] == 1
        states["stops"] = True
        assert call("build", "demo", "--preset", "quick")[0] == 1
        assert not report.exists()
        states["stops"] = False
        assert call("build", "demo", "--preset", "quick")[0] == 0
        assert json.loads(report.read_text())["preset"] == "quick"

    def test_a_build_that_fails_is_exit_code_1_and_names_the_line(self, call, demo):
        source = demo / "edex.md"
        source.write_text(source.read_text().replace("deg=1)", "deg=-1)"))
        code, _, err = call("build", "demo")
        assert code == 1
        assert "A cell failed with" in err
        assert "edex.md:66" in err


def test_what_a_build_depends_on_names_the_version_of_a_package_with_data(monkeypatch):
    before = edex.cli.data_at_hand()
    assert "chemicals" in before
    monkeypatch.setattr("edex.learn.results.version", lambda name: "99.0")
    assert edex.cli.data_at_hand() != before
