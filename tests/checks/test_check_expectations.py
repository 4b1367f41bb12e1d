import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

from edex.checks import (
    NotAnswered,
    Todo,
    Unmet,
    expect,
    expect_array,
    expect_estimator,
    expect_function,
    expect_number,
    expect_table,
    expect_text,
)

TABLE = pd.DataFrame({"formula": ["NaCl", "KCl"], "kelvin": [1074.0, 1044.0]})


def predict(x):
    return x


class Loud:
    def __repr__(self):
        return "x" * 1000


HELPERS = {
    "number": lambda value: expect_number(value, "answer"),
    "array": lambda value: expect_array(value, "answer"),
    "table": lambda value: expect_table(value, "answer"),
    "function": lambda value: expect_function(value, "answer"),
    "estimator": lambda value: expect_estimator(value, "answer"),
    "text": lambda value: expect_text(value, "answer", words=1, points={}),
}


def unmet(call, *arguments, **options):
    with pytest.raises(Unmet) as caught:
        call(*arguments, **options)
    return caught.value


class TestExpect:
    @pytest.mark.parametrize("condition", [True, 1, "text", [0], np.True_])
    def test_what_is_true_goes_on(self, condition):
        expect(condition, "finding", saw="this", expected="that")

    @pytest.mark.parametrize("condition", [False, 0, "", [], None, np.False_])
    def test_what_is_false_ends_the_check_with_its_three_parts(self, condition):
        found = unmet(expect, condition, "celsius", saw="1 °C", expected="1 K", why="units")
        assert (found.finding, found.saw, found.expected, found.why) == (
            "celsius",
            "1 °C",
            "1 K",
            "units",
        )
        assert str(found) == "celsius: saw 1 °C; expected 1 K"


class TestEveryHelper:
    @pytest.mark.parametrize("helper", HELPERS.values(), ids=HELPERS)
    def test_none_is_explained_by_a_missing_return(self, helper):
        found = unmet(helper, None)
        assert found.finding == "none"
        assert found.saw == "`answer` is None"
        assert "without `return`" in found.why

    @pytest.mark.parametrize("helper", HELPERS.values(), ids=HELPERS)
    def test_a_placeholder_says_which_question_is_open(self, helper):
        with pytest.raises(NotAnswered, match="q7 is still to do"):
            helper(Todo("q7"))

    @pytest.mark.parametrize("helper", HELPERS.values(), ids=HELPERS)
    def test_a_value_with_a_long_repr_is_named_by_its_type(self, helper):
        found = unmet(helper, Loud())
        assert "a value of type Loud" in found.saw
        assert len(found.saw) < 100


class TestNumber:
    @pytest.mark.parametrize(
        "value",
        [3, 3.0, np.float32(3), np.int8(3), Fraction(3), np.array(3), np.array([[3]]),
         pd.Series([3.0])],
    )  # fmt: skip
    def test_one_number_comes_back_as_a_float(self, value):
        number = expect_number(value, "mae")
        assert type(number) is float
        assert number == 3.0

    @pytest.mark.parametrize(
        ("value", "finding", "said"),
        [
            ("3", "not-a-number", "`mae` is '3' (type str)"),
            (True, "not-a-number", "`mae` is True (type bool)"),
            (np.True_, "not-a-number", "bool"),
            (np.array([True]), "not-a-number", "bool"),
            (1 + 2j, "not-a-number", "complex"),
            ([3], "not-a-number", "`mae` is [3] (type list)"),
            ((3,), "not-a-number", "tuple"),
            (np.array([1, 2]), "not-a-number", "an array of shape (2,) and type int64"),
            (np.array([]), "not-a-number", "an array of shape (0,)"),
            (pd.Series([1, 2]), "not-a-number", "a Series of shape (2,)"),
            (TABLE, "not-a-number", "a DataFrame of shape (2, 2)"),
            (predict, "not-a-number", "type function"),
            (pd.NA, "not-a-number", "type NAType"),
            (math.nan, "not-finite", "`mae` is nan"),
            (-math.inf, "not-finite", "`mae` is -inf"),
            (np.array([np.nan]), "not-finite", "`mae` is nan"),
        ],
    )
    def test_anything_else_is_named(self, value, finding, said):
        found = unmet(expect_number, value, "mae", unit="K")
        assert found.finding == finding
        assert said in found.saw
        assert found.expected.startswith("one number in K")

    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_a_finite_float_is_unchanged(self, value):
        assert expect_number(value, "x") == value


class TestArray:
    @pytest.mark.parametrize(
        "value",
        [[1, 2], (1.0, 2.0), np.array([1, 2]), pd.Series([1, 2]), pd.Index([1, 2]), [True, False]],
    )
    def test_numbers_in_a_row_come_back_as_an_array(self, value):
        array = expect_array(value, "y", shape=(2,))
        assert isinstance(array, np.ndarray)
        assert array.shape == (2,)

    @pytest.mark.parametrize(
        ("value", "said"),
        [
            (["a"], "`X` is ['a'] (type list)"),
            ([[1], [1, 2]], "type list"),
            ("text", "'text' (type str)"),
            ({"a": 1}, "type dict"),
            (np.array([1j]), "type complex128"),
            (np.array([None]), "type object"),
            (np.array(["2020-01-01"], dtype="datetime64[D]"), "datetime64"),
            (TABLE, "a DataFrame of shape (2, 2)"),
            (iter([1]), "type list_iterator"),
        ],
    )
    def test_what_is_not_numeric_is_named(self, value, said):
        found = unmet(expect_array, value, "X", of="temperatures")
        assert found.finding == "not-numeric"
        assert said in found.saw
        assert found.expected == "an array of temperatures"

    @pytest.mark.parametrize(
        ("shape", "wanted"),
        [((3,), "(3,)"), ((2, 2), "(2, 2)"), ((None, 3), "(any, 3)"), ((None,), "(any,)"),
         ((2, 3, 1), "(2, 3, 1)"), ((), "()")],
    )  # fmt: skip
    def test_the_shape_seen_and_the_shape_wanted_are_told(self, shape, wanted):
        value = np.ones((2, 3)) if shape != (None, 3) else np.ones(3)
        found = unmet(expect_array, value, "X", shape=shape, of="features")
        assert found.finding == "wrong-shape"
        assert str(value.shape) in found.saw
        assert found.expected == f"the shape {wanted}: features"

    @pytest.mark.parametrize("shape", [None, (2, 3), (None, 3), (2, None), (None, None)])
    def test_a_fitting_shape_passes(self, shape):
        assert expect_array(np.ones((2, 3)), "X", shape=shape).sum() == 6

    @pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
    def test_values_that_are_not_finite_are_counted(self, bad):
        found = unmet(expect_array, [1.0, bad, bad], "y")
        assert found.finding == "not-finite"
        assert found.saw.startswith("2 of 3 values in `y`")

    def test_a_list_of_placeholders_says_which_question_is_open(self):
        with pytest.raises(NotAnswered, match="q2"):
            expect_array([Todo("q2"), 1.0], "y")


class TestTable:
    def test_a_table_with_the_columns_is_given_back(self):
        assert expect_table(TABLE, "data", columns=["kelvin"]) is TABLE

    def test_missing_columns_are_named(self):
        found = unmet(expect_table, TABLE, "data", columns=["kelvin", "density", "mass"])
        assert found.finding == "missing-columns"
        assert found.saw == "`data` has the columns formula, kelvin"
        assert found.expected == "also density, mass"

    def test_columns_that_are_no_text_can_be_told(self):
        found = unmet(expect_table, pd.DataFrame([[1, 2]]), "data", columns=["a"])
        assert found.saw == "`data` has the columns 0, 1"

    @pytest.mark.parametrize("value", [TABLE["kelvin"], {"kelvin": [1]}, np.ones((2, 2)), "data"])
    def test_anything_else_is_not_a_table(self, value):
        assert unmet(expect_table, value, "data").finding == "not-a-table"


class TestFunction:
    @pytest.mark.parametrize("value", [predict, lambda x: x, np.sqrt, Ridge().fit])
    def test_what_can_be_called_is_given_back(self, value):
        assert expect_function(value, "predict") == value

    @pytest.mark.parametrize("value", [3, "predict", Ridge, [predict]])
    def test_anything_else_is_told_how_a_function_looks(self, value):
        found = unmet(expect_function, value, "predict")
        assert found.finding == "not-a-function"
        assert "def predict(...)" in found.expected


class TestEstimator:
    @pytest.mark.parametrize("value", [Ridge(), make_pipeline(Ridge())])
    def test_an_estimator_is_given_back(self, value):
        assert expect_estimator(value, "model") is value

    def test_a_class_is_told_to_be_called(self):
        found = unmet(expect_estimator, Ridge, "model")
        assert found.finding == "a-class"
        assert found.saw == "`model` is the class Ridge"
        assert "with brackets" in found.expected

    @pytest.mark.parametrize("value", [3, "Ridge", predict, np.ones(3)])
    def test_anything_else_is_not_an_estimator(self, value):
        assert unmet(expect_estimator, value, "model").finding == "not-an-estimator"


class TestText:
    POINTS = {"which is smaller": ("small", "lower"), "why the test": ("test",)}  # noqa: RUF012

    def test_a_text_that_touches_each_point_is_given_back(self):
        text = "The line has the LOWER error on Test data."
        assert expect_text(text, "answer", words=5, points=self.POINTS) == text

    @pytest.mark.parametrize(
        ("value", "finding", "expected"),
        [
            (3, "not-text", "three quotation marks"),
            (["a"], "not-text", "three quotation marks"),
            ("", "blank", "in words"),
            (" \n\t\n", "blank", "in words"),
            ("lower test", "too-short", "at least 5"),
            ("a b c d lower error", "point-missing", "why the test"),
            ("a b c d test error", "point-missing", "which is smaller"),
        ],
    )
    def test_what_is_missing_is_told(self, value, finding, expected):
        found = unmet(expect_text, value, "answer", words=5, points=self.POINTS)
        assert found.finding == finding
        assert expected in found.expected
