import ast
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_edex import FRONT, code_cell

from edex.checks import Todo
from edex.errors import SourceError
from edex.notebooks.regions import identifiers, solution_lines, solve, split_regions, stub
from edex.notebooks.source import Cell, FrontMatter, Source

MARK = "# ▼ your code: replace every todo"
LINE = "# ▼ your code instead of the next line"
BLANK = 'todo("q1")'


@pytest.fixture
def source(tmp_path):
    return Source(tmp_path / "edex.md", FrontMatter("tiny", "T", 1, (), {}, 1), ())


def cell_of(code, question="q1", line=10):
    return Cell("code", textwrap.dedent(code).strip("\n"), line, question=question)


def error_of(source, cell, call=split_regions, **options):
    with pytest.raises(SourceError) as caught:
        call(source, cell, **options)
    return caught.value


def region(code):
    """Put code between markers that have its indentation."""
    code = textwrap.dedent(code).strip("\n")
    return f"# BEGIN SOLUTION\n{code}\n# END SOLUTION"


class TestMistakes:
    @pytest.mark.parametrize(
        ("code", "said", "line"),
        [
            ("a = 1\n# BEGIN SOLUTION\nb = 1", "never closed", 11),
            ("a = 1\n# END SOLUTION", "without '# BEGIN SOLUTION'", 11),
            ("# BEGIN SOLUTION\na = 1\n# END SOLUTION\n# END SOLUTION", "without '# BEGIN", 13),
            ("# BEGIN SOLUTION\n# BEGIN SOLUTION\na = 1", "the one opened in line 10", 11),
            ("a = 1\n# BEGIN SOLUTION\n# END SOLUTION", "region is empty", 11),
            ("a = 1\n# BEGIN SOLUTION\n\n  \n# END SOLUTION", "region is empty", 11),
            ("a = 1\n# begin solution\nb = 1", "'# begin solution' is misspelt", 11),
            ("a = 1\n#BEGIN SOLUTION\nb = 1\n#END SOLUTION", "misspelt", 11),
            ("# BEGIN SOLUTION\nb = 1\n# END  SOLUTION", "misspelt", 12),
            ("a = 1  # BEGIN SOLUTION", "misspelt", 10),
            ("# BEGIN_SOLUTION\nb = 1", "misspelt", 10),
        ],
    )
    def test_each_is_told_with_its_line(self, source, code, said, line):
        error = error_of(source, cell_of(code))
        assert said in str(error)
        assert error.line == line

    @pytest.mark.parametrize(
        ("code", "line"), [(f"a = 1\n{region('b = 1')}", 12), ("a = 1\nb = 2  # SOLUTION", 11)]
    )
    def test_a_region_outside_a_question_is_told(self, source, code, line):
        error = error_of(source, cell_of(code, question=""))
        assert "outside a question" in str(error)
        assert error.line == line

    @pytest.mark.parametrize(
        ("code", "line"),
        [
            ("# BEGIN SOLUTION\nx = (1,\n# END SOLUTION\n2)", 11),
            ("# BEGIN SOLUTION\nx = 1\ny = = 2\n# END SOLUTION", 12),
            ("# BEGIN SOLUTION\n# only a remark\n# END SOLUTION", 11),
            ("if True:  # SOLUTION\n    x = 1", 10),
            ("x = 1  # SOLUTION\n# SOLUTION", 11),
        ],
    )
    def test_a_region_that_is_no_whole_statement_is_told(self, source, code, line):
        error = error_of(source, cell_of(code), stub, needed=("x",))
        assert "is no complete Python code" in str(error)
        assert error.line == line

    @pytest.mark.parametrize(
        "code",
        [
            "x = f(\n    a,  # SOLUTION\n    b,\n)",
            "if a:\n    x = 1\n# BEGIN SOLUTION\ny = 2\n# END SOLUTION\nelse:\n    x = 2",
        ],
    )
    def test_what_stays_must_be_python(self, source, code):
        error = error_of(source, cell_of(code), stub, needed=("x", "y"))
        assert "no valid Python any more" in str(error)


# What a student sees instead of a region: (code, names needed elsewhere, stub).
STUBS = {
    "a name": (region("x = 1"), {"x"}, f"{MARK}\nx = {BLANK}"),
    "several names in order": (
        region("b = 1\na = b\nc = 0"), {"a", "b"}, f"{MARK}\nb = {BLANK}\na = {BLANK}",
    ),
    "a tuple": (region("a, (b, *c) = f()"), {"a", "b", "c"},
                f"{MARK}\na = {BLANK}\nb = {BLANK}\nc = {BLANK}"),
    "a name used later in the cell": (region("x = 1\ny = 2") + "\nprint(x)", set(),
                                      f"{MARK}\nx = {BLANK}\nprint(x)"),
    "a name used later in an f-string": (region("x = 1") + '\nprint(f"{x:.1f} K")', set(),
                                         f'{MARK}\nx = {BLANK}\nprint(f"{{x:.1f}} K")'),
    "nothing that is needed": (region("print(1)"), set(), "# ▼ your code here"),
    "an augmented assignment": (region("x += 1"), {"x"}, f"{MARK}\nx = {BLANK}"),
    "an annotated assignment": (region("x: int = 1"), {"x"}, f"{MARK}\nx = {BLANK}"),
    "a walrus": (region("print(x := 1)"), {"x"}, f"{MARK}\nx = {BLANK}"),
    "a loop": (region("for i in y:\n    s = i"), {"s"}, f"{MARK}\ns = {BLANK}"),
    "a loop whose variable others are called": (
        region("for name in y:\n    s = name"),
        {"s", "name"},
        f"{MARK}\ns = {BLANK}",
    ),
    "a with": (
        region("with f() as g:\n    s = g"),
        {"g", "s"},
        f"{MARK}\ng = {BLANK}\ns = {BLANK}",
    ),
    "a function": (region("def f(x):\n    return x"), {"f", "x"}, f"{MARK}\nf = {BLANK}"),
    "an async function": (region("async def f(x):\n    return x"), {"f"}, f"{MARK}\nf = {BLANK}"),
    "a class": (region("class A:\n    b = 1\n    def f(self):\n        return 1"), {"A", "b"},
                f"{MARK}\nA = {BLANK}"),
    "imports": (region("import a.b\nimport c as d\nfrom e import f, g as h"),
                {"a", "c", "d", "f", "g", "h"},
                f"{MARK}\na = {BLANK}\nd = {BLANK}\nf = {BLANK}\nh = {BLANK}"),
    "the variable of a comprehension": (region("y = [x**2 for x in z]"), {"x", "y"},
                                        f"{MARK}\ny = {BLANK}"),
    "the argument of a lambda": (region("f = lambda x: x"), {"x", "f"}, f"{MARK}\nf = {BLANK}"),
    "line form": ("x = 1  # SOLUTION\ny = x", set(), f"{MARK}\nx = {BLANK}\ny = x"),
    "line form of a tuple": ("a, b = 1, 2  # SOLUTION", {"a", "b"},
                             f"{MARK}\na = {BLANK}\nb = {BLANK}"),
    "line form of a return": ("def f(x):\n    return x + 1  # SOLUTION", set(),
                              f"def f(x):\n    {LINE}\n    return {BLANK}"),
    "in a function": (
        "def f(x):\n    a = 1\n    # BEGIN SOLUTION\n    return x\n    # END SOLUTION", set(),
        f"def f(x):\n    a = 1\n    {LINE}\n    return {BLANK}",
    ),
    "in a function, names used after it": (
        "def f(x):\n    # BEGIN SOLUTION\n    a = x\n    # END SOLUTION\n    return a", set(),
        f"def f(x):\n    {MARK}\n    a = {BLANK}\n    return a",
    ),
    "in a function, nothing needed": (
        "def f(x):\n    # BEGIN SOLUTION\n    x.sort()\n    # END SOLUTION\n    return x", set(),
        f"def f(x):\n    {LINE}\n    return {BLANK}\n    return x",
    ),
    "a function in a function": (
        "def f(x):\n    # BEGIN SOLUTION\n    def g():\n        return 1\n    # END SOLUTION\n"
        "    return g", set(),
        f"def f(x):\n    {MARK}\n    g = {BLANK}\n    return g",
    ),
    "in a method": (
        "class A:\n    def f(self):\n        # BEGIN SOLUTION\n        return 1\n"
        "        # END SOLUTION", set(),
        f"class A:\n    def f(self):\n        {LINE}\n        return {BLANK}",
    ),
    "in a class": ("class A:\n    b = 1  # SOLUTION\n    c = b", set(),
                   f"class A:\n    {MARK}\n    b = {BLANK}\n    c = b"),
    "in an if": ("if a:\n    # BEGIN SOLUTION\n    x = 1\n    # END SOLUTION\ny = x", set(),
                 f"if a:\n    {MARK}\n    x = {BLANK}\ny = x"),
    "in a for, nothing needed": (
        "for x in y:\n    # BEGIN SOLUTION\n    print(x)\n    # END SOLUTION", set(),
        f"for x in y:\n    {LINE}\n    ...",
    ),
    "in a for in a function": (
        "def f(y):\n    for x in y:\n        # BEGIN SOLUTION\n        print(x)\n"
        "        # END SOLUTION", set(),
        f"def f(y):\n    for x in y:\n        {LINE}\n        return {BLANK}",
    ),
    "two regions": (
        region("x = 1") + "\nprint(x)\n" + region("y = 2"), {"y"},
        f"{MARK}\nx = {BLANK}\nprint(x)\n{MARK}\ny = {BLANK}",
    ),
    "a text whose lines are not indented": (
        'def f():\n    # BEGIN SOLUTION\n    x = """a\nb"""\n    # END SOLUTION\n    return x',
        set(),
        f"def f():\n    {MARK}\n    x = {BLANK}\n    return x",
    ),
    "beside a magic": ("%matplotlib inline\n" + region("x = 1"), {"x"},
                       f"%matplotlib inline\n{MARK}\nx = {BLANK}"),
}  # fmt: skip


class TestStub:
    @pytest.mark.parametrize(("code", "needed", "expected"), STUBS.values(), ids=STUBS)
    def test_it_is_what_a_student_should_see(self, source, code, needed, expected):
        assert stub(source, cell_of(code), needed=needed) == expected

    @pytest.mark.parametrize(("code", "needed", "expected"), STUBS.values(), ids=STUBS)
    def test_it_is_valid_python(self, source, code, needed, expected):
        text = stub(source, cell_of(code), needed=needed).replace("%matplotlib inline", "")
        compile(text, "stub", "exec")

    @pytest.mark.parametrize(("code", "needed", "expected"), STUBS.values(), ids=STUBS)
    def test_the_solution_is_the_code_without_markers(self, source, code, needed, expected):
        text = solve(source, cell_of(code)).replace("%matplotlib inline", "")
        compile(text, "solution", "exec")
        assert "SOLUTION" not in text

    def test_its_placeholders_speak(self, source):
        namespace = {"todo": Todo}
        exec(stub(source, cell_of(region("a, b = 1, 2")), needed=("a", "b")), namespace)
        assert repr(namespace["a"]) == repr(namespace["b"]) == "<q1: still to do>"

    def test_a_name_inside_a_function_is_its_own_whatever_other_cells_call_so(self, source):
        code = """
            def two_step(data):
                out = [None] * len(data)
                # BEGIN SOLUTION
                model = sum(data)
                out[0] = model
                # END SOLUTION
                return out
        """
        text = stub(source, cell_of(code), needed={"model"})
        assert 'return todo("q1")' in text
        assert "model" not in text

    def test_a_written_answer_becomes_empty_text(self, source):
        code = region('answer_q1 = """Because\nit is."""') + '\ncheck("q1")'
        text = stub(source, cell_of(code), needed=("answer_q1",), is_written=True)
        namespace = {"check": lambda name: None}
        exec(text, namespace)
        assert namespace["answer_q1"].strip() == ""
        assert "Because" not in text

    def test_a_cell_without_region_is_unchanged(self, source):
        assert stub(source, cell_of("x = 1\n\ny = 2"), needed=("x",)) == "x = 1\n\ny = 2"

    @given(
        st.lists(st.sampled_from(["x = 1", "y = x", "print(y)", "z: int = 3"]), min_size=1),
        st.sampled_from(["", "if a:", "for a in b:", "def f():", "class A:", "while a:", "try:"]),
        st.sets(st.sampled_from("xyz")),
    )
    def test_it_is_valid_python_wherever_the_region_is(self, statements, block, needed):
        lines = ["# BEGIN SOLUTION", *statements, "# END SOLUTION"]
        if block:
            lines = [block, *(f"    {line}" for line in lines)]
        if block == "try:":
            lines += ["finally:", "    pass"]
        source = Source(__file__, FrontMatter("tiny", "T", 1, (), {}, 1), ())
        text = stub(source, cell_of("\n".join(lines)), needed=needed)
        compile(text, "stub", "exec")
        assert not set(statements) & {line.strip() for line in text.splitlines()}


class TestSolution:
    def test_lines_of_the_solution_have_their_numbers(self, source):
        cell = cell_of("a = 1\n" + region("b = 1\nc = 1") + "\nd = 1\ne = 1  # SOLUTION", line=20)
        assert solution_lines(source, cell) == [(22, "b = 1"), (23, "c = 1"), (26, "e = 1")]

    def test_a_cell_of_the_solution_is_all_solution(self, source):
        cell = Cell("markdown", "Why.\nSo.", 5, is_solution=True)
        assert solution_lines(source, cell) == [(5, "Why."), (6, "So.")]
        assert solution_lines(source, Cell("markdown", "Text.", 5)) == []

    def test_pieces_know_their_line_in_the_file(self, source, source_of):
        code = "a = 1\n\n" + region("b = 1") + "\nc = 1"
        read = source_of("# T\n\n" + code_cell(code, "question: q1"))
        lines = (FRONT + "# T\n\n" + code_cell(code, "question: q1")).splitlines()
        for piece in split_regions(read, read.cells[1]):
            assert lines[piece.line - 1] == piece.lines[0]


class TestIdentifiers:
    @pytest.mark.parametrize(
        ("code", "found"),
        [
            ("x = y.z", {"x", "y", "z"}),
            ("# x", set()),
            ("'x'", set()),
            ("f'{x} y'", {"x"}),
            ("x = (1,", {"x"}),
            ("    x\n  y", {"x", "y"}),
        ],
    )
    def test_names_are_found_in_code_that_need_not_be_complete(self, code, found):
        assert found <= identifiers(code)
        assert found or not identifiers(code)

    @given(st.from_regex(r"[a-z_]{1,8}( [-+*/] [a-z_]{1,8}){0,4}", fullmatch=True))
    def test_every_name_of_an_expression_is_found(self, code):
        try:
            tree = ast.parse(code)
        except SyntaxError:
            return
        assert {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} <= identifiers(code)
