"""Mössbauer doublets: lines where they belong, Poisson noise, a bound that a good fit reaches."""

from dataclasses import replace

import numpy as np
import pytest

from edex.errors import InputError
from edex.examples import (
    Doublets,
    doublet_effect,
    fit_doublet,
    simulate_doublets,
    splitting_bound,
)

VELOCITIES = np.linspace(-3, 3, 601)  # mm/s


@pytest.fixture(scope="module")
def doublets():
    """Three hundred spectra."""
    return simulate_doublets(300, random_state=5)


def one_spectrum(splitting, *, baseline=20_000.0):
    """A doublet of which only the true parameters matter."""
    v = np.linspace(-3, 3, 64)
    truth = (np.array([number]) for number in (splitting, 0.3, 0.3, 0.1))
    return Doublets(v, np.zeros((1, 64)), baseline, *truth)


def test_lines_stand_half_a_splitting_from_the_isomer_shift_with_half_the_depth():
    effect = doublet_effect(VELOCITIES, splitting=2.0, isomer_shift=0.5, width=0.02, depth=0.1)
    peaks = VELOCITIES[effect > 0.049]
    assert peaks == pytest.approx([-0.5, 1.5])


def test_without_a_splitting_there_is_one_line_of_the_given_width():
    effect = doublet_effect(VELOCITIES, splitting=0.0, isomer_shift=0.0, width=0.4, depth=0.1)
    assert effect.max() == pytest.approx(0.1)
    assert np.ptp(VELOCITIES[effect >= 0.05 - 1e-12]) == pytest.approx(0.4)


@pytest.mark.parametrize("splitting", [0.0, 0.3, 1.7])
def test_the_area_does_not_depend_on_the_splitting(splitting):
    far = np.linspace(-400, 400, 800_001)
    effect = doublet_effect(far, splitting=splitting, isomer_shift=0.2, width=0.3, depth=0.1)
    assert np.trapezoid(effect, far) == pytest.approx(np.pi / 2 * 0.3 * 0.1, rel=1e-3)


def test_the_mean_and_the_spread_of_counts_are_those_of_poisson(doublets):
    rows = zip(
        doublets.splitting, doublets.isomer_shift, doublets.width, doublets.depth, strict=True
    )
    effects = np.array([doublet_effect(doublets.velocities, *row) for row in rows])
    means = doublets.baseline * (1 - effects)
    pulls = (doublets.counts - means) / np.sqrt(means)
    assert abs(pulls.mean()) < 4 / np.sqrt(pulls.size)
    assert pulls.std() == pytest.approx(1.0, abs=4 / np.sqrt(2 * pulls.size))
    assert doublets.effect == pytest.approx(1 - doublets.counts / 20_000)


def test_the_same_seed_gives_the_same_spectra_and_another_one_does_not(doublets):
    again = simulate_doublets(300, random_state=5)
    other = simulate_doublets(300, random_state=6)
    assert (again.counts == doublets.counts).all()
    assert (other.splitting != doublets.splitting).all()


def test_a_fit_that_starts_at_the_truth_reaches_the_bound_of_cramer_and_rao(doublets):
    is_split = doublets.splitting > 0.5
    rows = np.flatnonzero(is_split)
    errors = np.array(
        [
            fit_doublet(
                doublets.velocities,
                doublets.counts[row],
                baseline=doublets.baseline,
                splitting=doublets.splitting[row],
                isomer_shift=doublets.isomer_shift[row],
            )[0]
            - doublets.splitting[row]
            for row in rows
        ]
    )
    pulls = errors / splitting_bound(doublets)[rows]
    assert abs(pulls.mean()) < 4 / np.sqrt(len(rows))
    # Robust spread: the interquartile range of a normal distribution is 1.349 sigma.
    spread = np.subtract(*np.percentile(pulls, [75, 25])) / 1.349
    assert spread == pytest.approx(1.0, abs=0.25)


def test_the_bound_falls_with_the_root_of_the_counting_time():
    short, long = (splitting_bound(one_spectrum(1.0, baseline=b))[0] for b in (1e4, 4e4))
    assert short / long == pytest.approx(2.0)


def test_the_bound_grows_without_limit_where_two_lines_become_one():
    bounds = [splitting_bound(one_spectrum(s))[0] for s in (1.0, 0.1, 0.01, 0.001)]
    assert bounds == sorted(bounds)
    assert splitting_bound(one_spectrum(1e-4))[0] > 100 * bounds[0]
    assert splitting_bound(one_spectrum(0.0))[0] == np.inf


def test_for_lines_far_apart_the_bound_is_that_of_two_single_lines():
    """Each position has the variance 4 w / (pi n h^2), n counts per mm/s, h the height of its line.

    The Fisher information of a position is n times the integral of the squared slope of a Lorentz
    line, which is pi h^2 / (4 w) with w half the full width; the splitting has twice the variance
    of one position. The channels are fine and the effect small, so that sums are integrals.
    """
    v = np.linspace(-3, 3, 1201)
    width, depth = 0.1, 1e-3
    truth = (np.array([number]) for number in (3.0, 0.0, width, depth))
    fine = Doublets(v, np.zeros((1, len(v))), 1e9, *truth)
    counts_per_velocity = 1e9 / (v[1] - v[0])
    half_width, height = width / 2, depth / 2
    information = counts_per_velocity * np.pi * height**2 / (4 * half_width)
    assert splitting_bound(fine)[0] == pytest.approx(np.sqrt(2 / information), rel=0.01)


def test_a_fit_that_starts_at_no_splitting_can_leave_it():
    noiseless = 20_000 * (1 - doublet_effect(VELOCITIES, 1.0, 0.4, 0.3, 0.1))
    found = fit_doublet(VELOCITIES, noiseless, baseline=20_000, splitting=0.0)
    assert found == pytest.approx([1.0, 0.4, 0.3, 0.1], rel=1e-4)


def test_a_smaller_baseline_means_more_noise(doublets):
    weak = simulate_doublets(300, baseline=500, random_state=5)
    assert weak.effect[:, -1].std() > 4 * doublets.effect[:, -1].std()
    assert (splitting_bound(weak) > splitting_bound(replace(weak, baseline=20_000.0))).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: simulate_doublets(0, random_state=1), "n_samples is 0"),
        (lambda: simulate_doublets(3, n_channels=2, random_state=1), "n_channels is 2"),
        (lambda: simulate_doublets(3, baseline=0.0, random_state=1), "baseline is 0.0"),
        (lambda: doublet_effect([0.0], 1.0, 0.0, 0.0, 0.1), "width is 0.0"),
        (lambda: doublet_effect([np.nan], 1.0, 0.0, 0.1, 0.1), "velocities holds nan"),
        (
            lambda: fit_doublet([0.0, 1.0], [5.0], baseline=10.0, splitting=1.0),
            "Give one spectrum",
        ),
    ],
)
def test_a_wrong_number_is_refused_by_name(call, message):
    with pytest.raises(InputError, match=message):
        call()
