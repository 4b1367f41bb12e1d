import numpy as np
import pytest

from edex.errors import InputError
from edex.examples import damped_oscillation, simulate_oscillation


def test_the_curve_solves_the_equation_of_motion():
    """x'' + 2 gamma x' + (w^2 + gamma^2) x = 0 for x = exp(-gamma t) cos(w t + phi)."""
    gamma, frequency, step = 0.4, 0.7, 1e-3
    time = np.arange(0.0, 5.0, step)
    x = damped_oscillation(time, amplitude=2.0, damping=gamma, frequency=frequency, phase=0.3)
    velocity = np.gradient(x, step)
    acceleration = np.gradient(velocity, step)
    stiffness = (2 * np.pi * frequency) ** 2 + gamma**2
    rest = acceleration + 2 * gamma * velocity + stiffness * x
    assert np.abs(rest[5:-5]).max() < 1e-3 * np.abs(acceleration).max()


def test_one_period_later_it_has_shrunk_by_the_damping():
    first, second = damped_oscillation([0.2, 0.7], damping=0.5, frequency=2.0)
    assert second / first == pytest.approx(np.exp(-0.25))


def test_the_amplitude_is_the_displacement_at_time_zero():
    assert damped_oscillation(0.0, amplitude=3.0) == 3.0


def test_without_noise_the_points_lie_on_the_curve():
    time, displacement = simulate_oscillation(50, noise=0.0, random_state=1, frequency=0.5)
    assert np.array_equal(displacement, damped_oscillation(time, frequency=0.5))


def test_times_are_sorted_and_fill_the_duration():
    time, displacement = simulate_oscillation(2000, duration=3.0, random_state=0)
    assert time.shape == displacement.shape == (2000,)
    assert (np.diff(time) >= 0).all()
    assert 0 <= time.min() < 0.01
    assert 2.99 < time.max() <= 3.0


def test_the_noise_has_the_spread_that_was_asked_for():
    time, displacement = simulate_oscillation(20_000, noise=0.2, random_state=0)
    rest = displacement - damped_oscillation(time)
    assert rest.std() == pytest.approx(0.2, rel=0.03)
    assert abs(rest.mean()) < 0.006


def test_a_seed_repeats_and_another_does_not():
    first, again, other = (simulate_oscillation(9, random_state=seed)[1] for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"damping": -0.3}, "damping is -0.3"),
        ({"frequency": float("nan")}, "frequency is nan"),
        ({"amplitude": "big"}, "amplitude is 'big'"),
        ({"duration": 0}, "duration is 0"),
        ({"noise": -1}, "noise is -1"),
        ({"n_points": 0}, "n_points is 0"),
        ({"n_points": 2.5}, "n_points is 2.5"),
        ({"phase": float("inf")}, "phase holds inf"),
    ],
)
def test_a_number_out_of_range_is_named(arguments, message):
    with pytest.raises(InputError, match=message):
        simulate_oscillation(**{"n_points": 5, "random_state": 0, **arguments})


def test_a_time_that_is_no_number_is_named():
    with pytest.raises(InputError, match="time is 'noon'"):
        damped_oscillation("noon")
