"""Probes change one condition of the measurement and nothing else."""

import numpy as np
import pytest

from edex.errors import InputError
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.pdf import PdfCalculator, default_grid
from edex.spacegroup.robustness import PROBES, add_noise, probe_pdfs


@pytest.fixture(scope="module")
def salt():
    return Crystal(2.82 * (1 - np.eye(3)), ["Na", "Cl"], [[0, 0, 0], [0.5, 0.5, 0.5]])


@pytest.fixture(scope="module")
def probed(salt):
    return probe_pdfs([salt])


def test_every_probe_gives_a_curve_on_the_grid(probed):
    assert set(probed) == set(PROBES)
    assert all(curves.shape == (1, 209) for curves in probed.values())


def test_every_probe_changes_the_curve(salt, probed):
    plain = PdfCalculator().calculate(salt)
    assert all(not np.allclose(curves[0], plain, atol=1e-3) for curves in probed.values())


def test_a_small_particle_has_no_distances_beyond_its_diameter(probed):
    beyond = default_grid() > 30 - 1e-9
    assert not beyond.any()  # the grid ends just below 30 Å, so look at the last points
    last = np.abs(probed["diameter_30"][0, -10:]).max()
    assert last < 0.05 * np.abs(probed["diameter_50"][0, -10:]).max() + 1e-6


def test_heat_lowers_the_highest_peak(salt, probed):
    plain = PdfCalculator().calculate(salt).max()
    assert probed["u_iso_0.02"].max() < plain < probed["u_iso_0.003"].max()


def test_noise_has_the_level_that_was_asked_for(salt):
    plain = np.tile(PdfCalculator().calculate(salt), (200, 1))
    added = add_noise(plain, 0.3, random_state=1) - plain
    assert added.std() == pytest.approx(0.3 * np.sqrt(np.mean(plain**2)), rel=0.02)


def test_noise_follows_the_seed(salt):
    curve = PdfCalculator().calculate(salt)[None]
    np.testing.assert_array_equal(add_noise(curve, 0.1), add_noise(curve, 0.1))
    assert not np.allclose(add_noise(curve, 0.1), add_noise(curve, 0.1, random_state=1))


@pytest.mark.parametrize("level", [-0.1, float("nan"), float("inf")])
def test_an_impossible_noise_level_is_named(level):
    with pytest.raises(InputError, match="The noise level is"):
        add_noise(np.ones((1, 5)), level)


def test_an_unknown_probe_is_named(salt):
    with pytest.raises(InputError, match="no probe 'gravity'"):
        probe_pdfs([salt], ["gravity"])
