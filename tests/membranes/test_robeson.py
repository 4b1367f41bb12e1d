"""Upper bounds: numbers of the paper, geometry, error bars, and the plot."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from edex.errors import InputError
from edex.membranes.figures import draw_robeson
from edex.membranes.robeson import (
    PAIRS,
    distance_above_bound,
    selectivity,
    upper_bound,
)

# Robeson 2008, tables 13a and 13b: permeability (barrer) on the bound at a selectivity, worked out
# by the author from his k and n. (pair, year, selectivity, permeability)
TRANSITIONS = [
    ("H2/N2", 2008, 0.842, 126130),
    ("H2/CH4", 2008, 0.227, 140400),
    ("He/N2", 2008, 0.381, 53070),
    ("He/CH4", 2008, 0.103, 124620),
    ("He/H2", 2008, 0.453, 2817000),
    ("He/H2", 1991, 0.453, 48510),
    ("CO2/CH4", 2008, 3.709, 169520),
    ("N2/CH4", 2008, 0.270, 939300),
    ("CO2/N2", 2008, 13.75, 15980),
    ("He/CO2", 2008, 0.02776, 269440),
    ("H2/CO2", 2008, 0.06123, 2799000),
    ("H2/CO2", 1991, 0.06123, 267900),
    ("O2/N2", 2008, 2.1409, 18700),
]


@pytest.mark.parametrize(("pair", "year", "alpha", "barrer"), TRANSITIONS)
def test_bounds_give_the_permeabilities_that_the_author_worked_out(pair, year, alpha, barrer):
    assert upper_bound(pair, year=year).permeability(alpha) == pytest.approx(barrer, rel=2e-3)


def test_there_are_eleven_pairs_and_nine_of_them_were_known_before():
    assert len(PAIRS) == 11
    before = []
    for pair in PAIRS:
        bound = upper_bound(pair)
        assert bound.n < 0 < bound.k
        try:
            before.append(upper_bound(pair, year=1991))
        except InputError:
            assert pair in ("CO2/N2", "N2/CH4")
    assert len(before) == 9


def test_the_bound_rose_where_polymers_were_measured():
    # Except for H2/CO2, whose lines cross at a selectivity of 37 by the numbers of the paper.
    for pair in set(PAIRS) - {"CO2/N2", "N2/CH4"}:
        new, old = upper_bound(pair), upper_bound(pair, year=1991)
        assert new.permeability(3.0) > old.permeability(3.0)
    new, old = upper_bound("H2/CO2"), upper_bound("H2/CO2", year=1991)
    crossing = (new.k / old.k) ** (1 / (old.n - new.n))
    assert crossing == pytest.approx(37.47, abs=0.05)


@given(st.sampled_from(PAIRS), st.floats(-3, 5), st.floats(-2, 2))
def test_distance_is_zero_on_the_bound_and_counts_decades_of_selectivity(pair, log_p, above):
    bound = upper_bound(pair)
    log_alpha = float(bound.log10_selectivity(log_p))
    assert bound.permeability(10**log_alpha) == pytest.approx(10**log_p, rel=1e-6)
    distance = distance_above_bound([log_p], [log_p - log_alpha - above], pair)
    assert distance.decades[0] == pytest.approx(above, abs=1e-9)
    assert distance.standard_error is None


def test_error_bars_agree_with_drawing_many_pairs_by_chance():
    rng = np.random.default_rng(0)
    s_fast, s_slow, rho = 0.2, 0.3, 0.8
    covariance = [[s_fast**2, rho * s_fast * s_slow], [rho * s_fast * s_slow, s_slow**2]]
    drawn = rng.multivariate_normal([3.0, 1.5], covariance, size=200_000)
    expected = distance_above_bound(*drawn.T, "CO2/CH4").decades
    found = distance_above_bound(
        [3.0], [1.5], "CO2/CH4", uncertainty=(s_fast, s_slow), correlation=rho
    )
    assert found.standard_error[0] == pytest.approx(expected.std(), rel=0.01)
    assert found.probability[0] == pytest.approx((expected > 0).mean(), abs=0.005)
    assert found.probability[0] == pytest.approx(
        norm.cdf(found.decades[0] / found.standard_error[0])
    )
    alone = distance_above_bound([3.0], [1.5], "CO2/CH4", uncertainty=(s_fast, s_slow))
    assert alone.standard_error[0] > found.standard_error[0]


def test_unknown_values_stay_unknown_and_no_error_means_certainty():
    found = distance_above_bound([np.nan, 5.0, 1.0], [1.0, 1.0, 1.0], "CO2/CH4", uncertainty=0.0)
    assert np.isnan(found.decades[0])
    assert np.isnan(found.probability[0])
    assert found.probability[1:].tolist() == [1.0, 0.0]
    rows = distance_above_bound([1.0, 2.0], [0.0, 1.0], "CO2/CH4", uncertainty=np.ones((2, 2)))
    assert rows.standard_error.shape == (2,)


def test_selectivity_is_a_ratio():
    assert selectivity([10.0, np.nan], [2.0, 1.0])[0] == 5
    with pytest.raises(InputError, match=r"p_slow holds -1;.*not their logarithms"):
        selectivity([1.0], [-1.0])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"pair": "N2/O2"}, "Perhaps you mean 'O2/N2'"),
        ({"pair": "H2/O2"}, "H2/O2 has one of 1991"),
        ({"pair": "O2/N2", "year": 2019}, "no upper bound of 2019"),
        ({"pair": "CO2/N2", "year": 1991}, "CO2/N2 has one of 2008"),
    ],
)
def test_bounds_that_do_not_exist_are_refused(arguments, words):
    with pytest.raises(InputError, match=words):
        upper_bound(**arguments)


@pytest.mark.parametrize(
    ("slow", "options", "words"),
    [
        ([1.0, 2.0], {}, "same rows"),
        ([1.0], {"uncertainty": [1.0, 2.0, 3.0]}, "shape"),
        ([1.0], {"uncertainty": -0.1}, "negative"),
        ([1.0], {"uncertainty": 0.1, "correlation": 2.0}, "correlation"),
    ],
)
def test_errors_that_make_no_sense_are_refused(slow, options, words):
    with pytest.raises(InputError, match=words):
        distance_above_bound([2.0], slow, "O2/N2", **options)


@pytest.mark.parametrize("pair", PAIRS)
def test_the_plot_says_what_it_shows(pair):
    rng = np.random.default_rng(1)
    fast = 10 ** rng.normal(2, 1, 50)
    slow = np.append(fast[:-1] / 10 ** rng.normal(1, 0.3, 49), np.nan)
    ax = draw_robeson(fast, slow, pair, highlights={"PIM-1": (5000.0, 400.0)})
    texts = {text.get_text() for text in ax.texts}
    above = int((distance_above_bound(np.log10(fast), np.log10(slow), pair).decades > 0).sum())
    assert ax.get_title(loc="left") == f"n = 49; ▲ above the bound of 2008: {above}"
    assert {"2008", "PIM-1"} <= texts
    assert ("1991" in texts) == (pair not in ("CO2/N2", "N2/CH4"))
    assert "barrer" in ax.get_xlabel()
    assert ax.get_xscale() == ax.get_yscale() == "log"
    ax.figure.canvas.draw()
    plt.close(ax.figure)


def test_a_plot_of_nothing_is_refused():
    with pytest.raises(InputError, match="No polymer has both gases"):
        draw_robeson([np.nan], [1.0], "O2/N2")
