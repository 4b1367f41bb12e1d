"""A measured PDF on the grid of the model: what is above Qmax goes, what is below stays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edex.datasets.measured_pdfs import load_measured_pdfs
from edex.errors import InputError
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.measured import MeasuredPdf, check_quality, resample, to_grid
from edex.spacegroup.pdf import default_grid, simulate_pdf
from edex.spacegroup.resampling import spectrum_end

GRID = default_grid()
FINE = 0.01 * np.arange(6001)


def rw(values, wanted):
    """Share of the root mean square that differs."""
    return float(np.sqrt(np.sum((values - wanted) ** 2) / np.sum(wanted**2)))


def spectrum(seed=0, u=0.005, n=400):
    """A sum of sine waves to Q = 25, weakened as vibrations do, and its value anywhere."""
    rng = np.random.default_rng(seed)
    q_values = np.sort(rng.uniform(0.5, 25.0, n))
    heights = rng.normal(size=n) * np.exp(-u * q_values**2)

    def curve(r, qmax=25.0):
        waves = np.sin(np.multiply.outer(r, q_values)) @ (heights * (q_values < qmax))
        return waves * np.exp(-((0.04 * r) ** 2) / 2)

    return curve


def crystal(name):
    """A few textbook crystals in their conventional cells."""
    fcc = [[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]
    if name == "Ni":
        return Crystal(3.524 * np.eye(3), ["Ni"] * 4, fcc)
    if name == "NaCl":
        shifted = [[x + 0.5, y, z] for x, y, z in fcc]
        return Crystal(5.64 * np.eye(3), ["Na"] * 4 + ["Cl"] * 4, fcc + shifted)
    sites = [[0, 0, 0], [0.5, 0.5, 0.5], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]]
    return Crystal(3.905 * np.eye(3), ["Sr", "Ti", "O", "O", "O"], sites)


def salt(r=FINE, **settings):
    """A plain PDF of rock salt."""
    G = np.zeros(len(r))
    G[r > 0] = simulate_pdf(crystal("NaCl"), r=r[r > 0], **settings)
    return MeasuredPdf("salt", r, G, metadata={"qmax": settings.get("qmax", 23.0)})


class TestBandLimit:
    @pytest.mark.parametrize(
        ("r_max", "inside", "all_over"), [(60, 2e-3, 2e-3), (35, 5e-3, 6e-3), (30, 1e-2, 5e-2)]
    )
    @pytest.mark.parametrize("u", [0.002, 0.005, 0.008])
    def test_what_is_below_qmax_stays_and_what_is_above_goes(self, u, r_max, inside, all_over):
        curve = spectrum(u=u)
        r = FINE[r_max >= FINE]
        wanted = curve(GRID, qmax=23.0)
        error = np.abs(to_grid((r, curve(r))) - wanted) / np.abs(wanted).max()
        assert error[GRID < 28].max() < inside
        assert error.max() < all_over

    def test_reading_off_the_points_instead_would_fold_high_q_back(self):
        curve = spectrum(u=0.002)
        wanted = curve(GRID, qmax=23.0)
        assert rw(curve(GRID), wanted) > 0.1
        assert rw(to_grid((FINE, curve(FINE))), wanted) < 5e-3

    @pytest.mark.parametrize("name", ["Ni", "NaCl", "SrTiO3"])
    @pytest.mark.parametrize(
        ("u_iso", "r_max", "limit"),
        [(0.003, 60, 2e-2), (0.008, 60, 3e-3), (0.003, 30, 2e-2), (0.008, 30, 1e-2)],
    )
    def test_a_pdf_to_25_becomes_the_pdf_to_23(self, name, u_iso, r_max, limit):
        # What is left is a Bragg peak at the very edge, which the resolution lets through.
        settings = {"u_iso": u_iso, "qdamp": 0.04}
        r = FINE[(r_max >= FINE) & (FINE > 0)]
        G = simulate_pdf(crystal(name), r=r, qmax=25.0, **settings)
        pdf = MeasuredPdf(name, r, G, metadata={"qmax": 25.0})
        wanted = simulate_pdf(crystal(name), qmax=23.0, **settings)
        assert rw(to_grid(pdf), wanted) < limit
        if u_iso < 0.005:
            assert rw(simulate_pdf(crystal(name), qmax=25.0, **settings), wanted) > 4 * limit

    def test_a_pdf_on_the_grid_comes_back_as_it_was(self):
        G = simulate_pdf(crystal("NaCl"))
        np.testing.assert_allclose(to_grid((GRID, G)), G, atol=1e-9 * np.abs(G).max())

    @pytest.mark.parametrize("step", [0.005, 0.02, 0.05, 0.1, np.pi / 25, np.pi / 23])
    @pytest.mark.parametrize("start", [0.0, 0.4, 0.777])
    def test_step_and_start_of_the_measured_grid_do_not_matter(self, step, start):
        # A few parts in 1,000: where the curve begins inside the ripples it is continued.
        r = np.arange(start, 45.0, step)
        assert rw(to_grid(salt(r)), to_grid(salt())) < 6e-3

    def test_r_may_have_been_rounded(self):
        exact = salt(np.arange(300) * np.pi / 23)
        rounded = MeasuredPdf("rounded", exact.r.round(2), exact.G)
        np.testing.assert_allclose(to_grid(rounded), to_grid(exact), atol=2e-2)

    @settings(max_examples=15)
    @given(st.floats(1e-6, 1e6), st.integers(0, 5))
    def test_a_factor_stays_a_factor(self, factor, seed):
        G = spectrum(seed, n=20)(FINE)
        np.testing.assert_allclose(to_grid((FINE, factor * G)), factor * to_grid((FINE, G)))

    def test_another_grid_and_a_lower_cut_can_be_asked_for(self):
        curve = spectrum()
        r = np.linspace(2.0, 20.0, 91)
        assert rw(to_grid((FINE, curve(FINE)), r), curve(r, np.pi / 0.2)) < 1e-2
        assert rw(to_grid((FINE, curve(FINE)), qmax=15.0), curve(GRID, 15.0)) < 1e-2

    @pytest.mark.parametrize("r", [[1.0], [1, 2, 4], [3, 2, 1], [[1, 2], [3, 4]]])
    def test_a_grid_without_even_steps_is_refused(self, r):
        with pytest.raises(InputError, match="no even steps"):
            to_grid(salt(), r)

    @pytest.mark.parametrize("qmax", [0, -1, 24, np.nan])
    def test_a_cut_that_the_grid_cannot_hold_is_refused(self, qmax):
        with pytest.raises(InputError, match="holds up to 23 Å⁻¹"):
            to_grid(salt(), qmax=qmax)


class TestEndOfTheSpectrum:
    @pytest.mark.parametrize("qmax", [12.0, 16.0, 19.0, 23.0, 25.0])
    def test_it_is_found_from_the_curve(self, qmax):
        curve = spectrum(u=0.001)
        assert qmax - 0.5 < spectrum_end(FINE, curve(FINE, qmax)) < qmax + 1.0

    def test_it_agrees_with_the_files_that_state_it(self):
        stated = [curve for curve in load_measured_pdfs() if curve.qmax]
        assert len(stated) >= 4
        for curve in stated:
            assert abs(spectrum_end(curve.r, curve.G) - curve.qmax) < 1.0

    def test_a_curve_of_zeros_has_none(self):
        assert spectrum_end(FINE, 0 * FINE) == 0


class TestResolution:
    def test_a_lower_qmax_is_noted(self):
        assert resample(salt(qmax=23.0)).notes == ()
        notes = resample(salt(qmax=19.0)).notes
        assert notes == (
            "Qmax is 19 Å⁻¹ and the model was trained at 23: the peaks are wider than those it "
            "knows",
        )

    def test_a_qmax_that_is_not_stated_is_judged_from_the_curve(self):
        pdf = MeasuredPdf("mine", FINE, spectrum(u=0.001)(FINE, 17.0))
        assert "Qmax (not stated; judged from the curve) is 17" in resample(pdf).notes[0]

    def test_a_qmax_in_other_units_is_not_believed(self):
        pdf = MeasuredPdf("mine", FINE, salt().G, metadata={"qmax": 230.0})
        assert resample(pdf).notes == ("the header states Qmax = 230, which cannot be in Å⁻¹",)

    def test_a_very_low_qmax_is_refused(self):
        with pytest.raises(InputError, match=r"salt: Qmax is 9 Å⁻¹.* 10 Å⁻¹ or more"):
            resample(salt(qmax=9.0))

    @pytest.mark.parametrize(("step", "qmax"), [(0.2, 23.0), (0.15, 22.0), (0.14, 25.0)])
    def test_a_step_that_cannot_hold_qmax_is_refused(self, step, qmax):
        with pytest.raises(InputError, match=r"too coarse for Qmax = .*rstep = 0.01"):
            resample(salt(np.arange(0, 40, step), qmax=qmax))

    def test_a_wide_step_will_do_for_a_low_qmax(self):
        wide, fine = salt(np.arange(0, 45, 0.18), qmax=17.0), salt(qmax=17.0)
        assert rw(to_grid(wide), to_grid(fine)) < 1e-2

    def test_missing_rows_are_bridged_with_a_note(self):
        pdf = salt()
        keep = np.ones(len(pdf.r), dtype=bool)
        keep[[500, 501, 777, 1500]] = False
        result = resample(MeasuredPdf("gaps", pdf.r[keep], pdf.G[keep]))
        assert "uneven" in result.notes[0]
        assert rw(result.G, to_grid(pdf)) < 1e-4

    def test_a_wide_gap_is_refused_with_its_place(self):
        pdf = salt()
        keep = (pdf.r < 7) | (pdf.r > 7.5)
        with pytest.raises(InputError, match=r"up to 0.52 Å \(after r = 6.99 Å\)"):
            resample(MeasuredPdf("gap", pdf.r[keep], pdf.G[keep]))

    def test_a_handful_of_points_is_refused(self):
        with pytest.raises(InputError, match="has 5 points; 20 or more"):
            resample(MeasuredPdf("few", np.arange(5.0), np.arange(5.0)))


class TestRange:
    @pytest.mark.parametrize("r_max", [20.0, 22.5, 25.0, 29.0])
    def test_a_short_curve_is_padded_with_zeros_and_noted(self, r_max):
        result = resample(salt(FINE[r_max >= FINE]))
        missing = r_max + np.pi / 46 < GRID
        assert (result.G[missing] == 0).all()
        assert (result.G[~missing] != 0).all()
        assert result.notes == (
            f"it ends at r = {r_max:g} Å: the last {missing.sum()} of 209 points were set to zero, "
            "as if the crystal ended there; take the probabilities with care",
        )

    @pytest.mark.parametrize("r_max", [29.86, 29.92, 30.0, 30.5, 60.0])
    def test_a_curve_to_the_end_of_the_grid_needs_no_note(self, r_max):
        assert resample(salt(FINE[r_max >= FINE])).notes == ()

    def test_a_very_short_curve_is_refused(self):
        with pytest.raises(InputError, match=r"ends at r = 19.5 Å; it must reach 19.9 Å"):
            resample(salt(FINE[FINE <= 19.5]))

    def test_a_curve_that_begins_too_late_is_refused(self):
        with pytest.raises(InputError, match=r"begins at r = 1.8 Å; it must begin at 1.503 Å"):
            resample(salt(FINE[FINE >= 1.795]))

    @pytest.mark.parametrize("start", [0.01, 1.0, 1.5])
    def test_a_curve_may_begin_anywhere_below_the_first_point(self, start):
        assert rw(to_grid(salt(FINE[start - 1e-9 <= FINE])), to_grid(salt())) < 5e-3


class TestQuality:
    def relatives(self):
        pdf, density = salt(), 8 / 5.64**3
        r, G = pdf.r[1:], pdf.G[1:]
        g = 1 + G / (4 * np.pi * density * r)
        return r, {
            "g(r)": g,
            "ρ(r)": density * g,
            "T(r)": G + 4 * np.pi * density * r,
            "R(r)": r * (G + 4 * np.pi * density * r),
        }

    @pytest.mark.parametrize(
        ("name", "rule"),
        [("g(r)", "G(r) = 4πρ₀r (g(r) − 1)"), ("ρ(r)", "G(r) = 4πr (ρ(r) − ρ₀)"),
         ("T(r)", "G(r) = T(r) − 4πρ₀r"), ("R(r)", "G(r) = R(r)/r − 4πρ₀r")],
    )  # fmt: skip
    @pytest.mark.parametrize("r_max", [20, 30, 60])
    def test_a_relative_is_refused_with_its_conversion(self, name, rule, r_max):
        r, curves = self.relatives()
        with pytest.raises(InputError) as caught:
            check_quality(MeasuredPdf("mine", r[r <= r_max], curves[name][r <= r_max]))
        assert f"looks like {name}" in str(caught.value)
        assert rule in str(caught.value)

    def test_the_conversions_that_are_stated_give_the_pdf_back(self):
        r, curves = self.relatives()
        density, G = 8 / 5.64**3, salt().G[1:]
        density_term = 4 * np.pi * density * r
        np.testing.assert_allclose(density_term * (curves["g(r)"] - 1), G)
        np.testing.assert_allclose(4 * np.pi * r * (curves["ρ(r)"] - density), G)
        np.testing.assert_allclose(curves["T(r)"] - density_term, G)
        np.testing.assert_allclose(curves["R(r)"] / r - density_term, G)

    @pytest.mark.parametrize(
        ("values", "message"),
        [(np.ones(6001), "holds the same value, 1, at all r"),
         (salt().G + 0.3 * FINE**3, r"swings about 5.65e\+03 at large r"),
         (salt().G - 60, "swings about -60 at large r"),
         (np.abs(salt().G), "never falls below zero"),
         (np.sin(FINE / 2), "swings only 4 times")],
        ids=["constant", "high", "low", "pattern", "slow"],
    )  # fmt: skip
    def test_what_is_no_pdf_is_refused(self, values, message):
        with pytest.raises(InputError, match=message):
            check_quality(MeasuredPdf("mine", FINE, values))

    def test_too_few_points_in_the_range_are_refused(self):
        with pytest.raises(InputError, match=r"has 5 points between 1\.5 and 30 Å"):
            check_quality(MeasuredPdf("mine", np.r_[2:7, 40:70], np.r_[2:7, 40:70]))

    def test_a_good_pdf_needs_no_caution(self):
        assert check_quality(salt()) == ()
        for curve in load_measured_pdfs():
            assert check_quality(MeasuredPdf(curve.name, curve.r, curve.G)) == ()

    @pytest.mark.parametrize(
        ("values", "caution"),
        [(salt().G * np.exp(-FINE / 2), "little structure is left beyond 15 Å"),
         (salt().G + 20 * np.exp(-FINE * 4), "below 1.2 Å, where no atoms are"),
         (1000 * salt().G, "unusual for G(r) in Å⁻²; the model reads the shape alone")],
        ids=["glass", "error at low r", "scale"],
    )  # fmt: skip
    def test_what_may_spoil_a_prediction_is_said(self, values, caution):
        cautions = check_quality(MeasuredPdf("mine", FINE, values))
        assert len(cautions) == 1
        assert caution in cautions[0]


@pytest.mark.parametrize(("diameter", "is_small"), [(20, True), (60, False), (None, False)])
def test_small_particles_are_recognised(diameter, is_small):
    cautions = check_quality(salt(particle_diameter=diameter))
    assert any("nanoparticles" in caution for caution in cautions) == is_small


def test_two_measurements_of_nickel_agree_with_each_other_and_with_theory():
    curves = [curve for curve in load_measured_pdfs() if curve.material == "Ni"]
    assert len(curves) == 2
    pdfs = [to_grid((curve.r, curve.G)) for curve in curves]
    assert np.corrcoef(pdfs)[0, 1] > 0.97
    theory = simulate_pdf(crystal("Ni"), u_iso=0.006)
    for pdf in pdfs:
        assert np.corrcoef(pdf, theory)[0, 1] > 0.95
