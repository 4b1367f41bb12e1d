import numpy as np
import pytest

from edex.errors import InputError
from edex.spacegroup.conditions import Conditions


def draws(conditions, n=2000):
    generator = np.random.default_rng(0)
    table = [conditions.draw(generator) for _ in range(n)]
    return {name: np.array([row[name] for row in table]) for name in table[0]}


def test_the_defaults_are_those_of_the_course():
    assert Conditions().draw(np.random.default_rng(0)) == {
        "u_iso": 0.008,
        "qdamp": 0.04,
        "noise": 0.0,
    }
    assert (Conditions().qmin, Conditions().qmax) == (0.0, 23.0)


def test_varied_conditions_fill_their_range():
    drawn = draws(Conditions.varied())
    assert drawn["u_iso"].min() == pytest.approx(0.003)
    assert drawn["u_iso"].max() == pytest.approx(0.02)
    assert drawn["qdamp"].min() == pytest.approx(0.02, abs=1e-3)
    assert drawn["qdamp"].max() == pytest.approx(0.06, abs=1e-3)
    assert drawn["qdamp"].mean() == pytest.approx(0.04, abs=1e-3)


def test_u_iso_is_even_on_a_logarithmic_scale_and_takes_few_values():
    u_iso = draws(Conditions.varied())["u_iso"]
    assert np.log(u_iso).mean() == pytest.approx(np.log(0.003 * 0.02) / 2, abs=0.03)
    assert len(set(u_iso)) == 32


def test_a_fixed_value_does_not_change_what_else_is_drawn():
    both = draws(Conditions(u_iso=(0.003, 0.02), qdamp=(0.02, 0.06)))
    one = draws(Conditions(qdamp=(0.02, 0.06)))
    assert (both["qdamp"] == one["qdamp"]).all()


def test_a_pair_of_equal_numbers_is_a_number():
    assert Conditions(u_iso=(0.01, 0.01)) == Conditions(u_iso=0.01)


def test_settings_become_plain_json():
    assert Conditions.varied().to_json() == {
        "u_iso": [0.003, 0.02],
        "qdamp": [0.02, 0.06],
        "noise": 0.0,
        "qmin": 0.0,
        "qmax": 23.0,
        "radiation": "xray",
    }


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"u_iso": 0.0}, "u_iso is 0.0; it must be a number from 0.0001 to 1 Å²"),
        ({"u_iso": (0.02, 0.003)}, r"u_iso is \(0.02, 0.003\)"),
        ({"u_iso": (0.003, 0.01, 0.02)}, "u_iso is"),
        ({"u_iso": "0.008"}, "u_iso is '0.008'"),
        ({"u_iso": float("nan")}, "u_iso is nan"),
        ({"qdamp": -0.1}, "qdamp is -0.1"),
        ({"noise": True}, "noise is True"),
        ({"qmin": 5, "qmax": 5}, "qmin is 5 and qmax 5; they must be numbers"),
        ({"qmax": float("inf")}, "qmax inf"),
    ],
)
def test_values_out_of_range_are_refused_by_name(settings, message):
    with pytest.raises(InputError, match=message):
        Conditions(**settings)
