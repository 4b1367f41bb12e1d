import pytest

from edex.checks import Questions, fixed_draw, fresh_generator, judge, report


def drawn():
    return fresh_generator().random(3).tolist()


def test_without_a_number_each_draw_is_new():
    assert drawn() != drawn()
    with fixed_draw(None):
        assert drawn() != drawn()


def test_a_number_gives_the_same_problems_and_each_call_its_own():
    with fixed_draw(5):
        first = [drawn(), drawn()]
    with fixed_draw(5):
        again = [drawn(), drawn()]
    with fixed_draw(6):
        other = [drawn(), drawn()]
    assert first == again
    values = [tuple(row) for row in first + other]
    assert len(set(values)) == 4


def test_it_ends_with_the_block_whatever_happens():
    with pytest.raises(ZeroDivisionError), fixed_draw(0):
        raise ZeroDivisionError
    assert drawn() != drawn()
    with fixed_draw(1):
        expected = [drawn(), drawn()]
    with fixed_draw(1):
        first = drawn()
        with fixed_draw(2):
            drawn()
        assert [first, drawn()] == expected


def test_a_check_is_judged_on_the_draw_that_is_named():
    questions = Questions("toy")
    seen = []

    @questions.code("q1", title="T", points=1, minutes=1, hints=("a", "b", "c"), insight="Yes.")
    def check(x):
        seen.append(drawn())

    for draw in (3, 3, 4, None, None):
        judge(questions["q1"], {"x": 1}, draw=draw)
    assert seen[0] == seen[1]
    assert len({tuple(row) for row in seen}) == 4


def test_the_same_notebook_gets_the_same_marks_each_time(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "checks.py").write_text(
        "from edex.checks import Questions, expect, fresh_generator\n"
        'questions = Questions("toy")\n'
        '@questions.code("q1", title="T", points=1, minutes=1, '
        'hints=("a", "b", "c"), insight="Yes.")\n'
        "def check(x):\n"
        '    expect(False, "drawn", saw=str(fresh_generator().random()), expected="nothing")\n',
        encoding="utf-8",
    )
    assert report("toy", {"x": 1}) == report("toy", {"x": 1})
    assert report("toy", {"x": 1}) != report("toy", {"x": 1}, draw=1)
