"""Known crystals are found whatever the size of their lattice."""

import numpy as np
import pytest

from edex.errors import InputError
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.library import KnownCrystal, Library
from edex.spacegroup.pdf import simulate_pdf

FCC = [[0, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]


def make(kind, a, source_id="x"):
    """A cubic crystal of a type with the lattice constant a in Å."""
    body = [[0, 0, 0], [0.5, 0.5, 0.5]]
    species, sites, number = {
        "fcc": (["Ni"] * 4, FCC, 225),
        "bcc": (["Fe"] * 2, body, 229),
        "CsCl": (["Cs", "Cl"], body, 221),
    }[kind]
    return Crystal(a * np.eye(3), species, sites, space_group_number=number, source_id=source_id)


KNOWN = [make("fcc", 3.6, "a"), make("bcc", 2.9, "b"), make("CsCl", 4.1, "c")]


@pytest.fixture(scope="module")
def library():
    return Library(KNOWN, np.array([simulate_pdf(crystal) for crystal in KNOWN]))


@pytest.mark.parametrize("factor", [0.975, 0.99, 1.0, 1.01, 1.025])
def test_the_lattice_ratio_is_found(library, factor):
    best = library.nearest(simulate_pdf(make("fcc", 3.6 * factor)), 1)[0]
    assert best.source_id == "a"
    assert best.formula == "Ni"
    assert best.space_group_number == 225
    assert best.correlation > 0.985
    assert best.lattice_ratio == pytest.approx(factor, abs=0.0013)


def test_a_crystal_of_the_library_is_found_exactly(library):
    assert library.nearest(simulate_pdf(KNOWN[2]), 1) == [KnownCrystal("c", "CsCl", 221, 1.0, 1.0)]


def test_scale_does_not_matter_and_the_best_comes_first(library):
    G = simulate_pdf(make("bcc", 2.87))
    found = library.nearest(1000 * G, 10)
    assert found[0].source_id == "b"
    assert len(found) == len(library) == 3
    correlations = [crystal.correlation for crystal in found]
    assert correlations == sorted(correlations, reverse=True)
    assert found == library.nearest(G, 10)


def test_of_copies_the_first_comes_first():
    G = simulate_pdf(KNOWN[0])
    double = Library([make("fcc", 3.6, "second"), KNOWN[0]], np.array([G, G]))
    assert [crystal.source_id for crystal in double.nearest(G, 2)] == ["second", "a"]


def test_formulas_and_another_grid_can_be_given():
    r = np.linspace(2.0, 20.0, 145)
    pdfs = np.array([simulate_pdf(crystal, r=r) for crystal in KNOWN])
    library = Library(KNOWN, pdfs, r, formulas=["nickel", "iron", "salt"])
    assert library.nearest(pdfs[1], 1)[0].formula == "iron"


def test_what_does_not_fit_is_refused(library):
    G = simulate_pdf(KNOWN[0])
    with pytest.raises(InputError, match=r"3 crystals and PDFs of shape \(1, 209\)"):
        Library(KNOWN, G[None])
    with pytest.raises(InputError, match="0 crystals"):
        Library([], np.empty((0, 209)))
    with pytest.raises(InputError, match="3 crystals and 1 formulas"):
        Library(KNOWN, np.tile(G, (3, 1)), formulas=["Ni"])
    with pytest.raises(InputError, match="209 finite numbers are needed"):
        library.nearest(G[:-1])
    with pytest.raises(InputError, match="209 finite numbers are needed"):
        library.nearest(np.where(G > 1, np.nan, G))
    with pytest.raises(InputError, match="k is 0"):
        library.nearest(G, 0)
