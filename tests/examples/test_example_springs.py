"""The spring of week 1: Hooke's law, its end, and the noise that was asked for."""

import numpy as np
import pytest

from edex.errors import InputError
from edex.examples.springs import pull_spring


@pytest.mark.parametrize("stiffness", [3.0, 25.0, 400.0])
def test_force_is_proportional_to_stretch_below_the_elastic_limit(stiffness):
    stretch = np.array([0.0, 0.01, 0.05, 0.10])
    assert pull_spring(stretch, stiffness=stiffness, noise=0.0) == pytest.approx(
        [stiffness * length for length in stretch]
    )


def test_force_is_continuous_at_the_elastic_limit_and_softer_beyond():
    force = pull_spring([0.0999999, 0.1000001, 0.20, 0.30], noise=0.0)
    assert force[0] == pytest.approx(force[1], abs=1e-4)
    assert (force[3] - force[2]) / 0.1 == pytest.approx(0.4 * 25.0)


def test_without_softening_the_law_never_ends():
    assert pull_spring(1.0, softening=1.0, noise=0.0) == pytest.approx(25.0)


def test_noise_has_the_size_that_was_asked_for_and_no_bias():
    rest = pull_spring(np.full((200, 100), 0.05), noise=0.3, random_state=0) - 1.25
    assert rest.std() == pytest.approx(0.3, rel=0.03)
    assert abs(rest.mean()) < 4 * 0.3 / np.sqrt(rest.size)


def test_the_same_seed_gives_the_same_readings_and_a_generator_goes_on():
    stretch = np.linspace(0.01, 0.08, 5)
    assert (pull_spring(stretch, random_state=3) == pull_spring(stretch, random_state=3)).all()
    rng = np.random.default_rng(3)
    first = pull_spring(stretch, random_state=rng)
    assert not (first == pull_spring(stretch, random_state=rng)).any()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"stretch": [0.01, -0.02]}, "-0.02"),
        ({"stretch": [np.nan]}, "nan"),
        ({"stretch": [0.01], "noise": -1.0}, "-1.0"),
        ({"stretch": [0.01], "softening": 1.5}, "1.5"),
    ],
)
def test_an_impossible_input_is_named(arguments, named):
    with pytest.raises(InputError, match=named):
        pull_spring(**arguments)
