"""The small explorer: move the atoms, watch the PDF."""

import sys

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from edex.spacegroup import explorer
from edex.spacegroup.explorer import (
    draw_moved,
    germanium_telluride,
    move_the_atoms,
    progress_line,
)
from edex.spacegroup.symmetry import find_space_group


@pytest.fixture(autouse=True)
def _no_window():
    mpl.use("agg")
    yield
    plt.close("all")


@pytest.fixture
def shown(monkeypatch):
    """Catch what is displayed, and updates of it."""
    import IPython.display

    caught = {"displayed": [], "updates": []}

    class Handle:
        def update(self, thing):
            caught["updates"].append(thing)

    def display(thing, **options):
        caught["displayed"].append(thing)
        return Handle() if options.get("display_id") else None

    monkeypatch.setattr(IPython.display, "display", display)
    return caught


def curve(figure):
    return figure.axes[0].lines[1].get_ydata()


@pytest.mark.parametrize(("displacement", "number"), [(0.0, 225), (0.02, 160), (0.3, 160)])
def test_a_small_shift_of_germanium_lowers_the_symmetry(displacement, number):
    assert find_space_group(germanium_telluride(displacement=displacement)) == number


@pytest.mark.parametrize("displacement", [0.1, 0.3])
def test_three_bonds_shrink_and_three_grow_as_the_formula_says(displacement):
    a = 6.01
    crystal = germanium_telluride(a, displacement)
    gaps = crystal.frac_coords[4:] - crystal.frac_coords[0]
    gaps = (gaps - np.rint(gaps))[:, None, :] + np.array([[0, 0, 0], *np.eye(3), *-np.eye(3)])
    bonds = np.sort(np.linalg.norm(a * gaps, axis=-1).ravel())[:6]
    middle, split = a**2 / 4 + displacement**2, a * displacement / np.sqrt(3)
    np.testing.assert_allclose(bonds[:3], np.sqrt(middle - split))
    np.testing.assert_allclose(bonds[3:], np.sqrt(middle + split))


def test_the_figure_shows_the_moved_crystal_over_the_cubic_one():
    same = draw_moved()
    np.testing.assert_allclose(curve(same), same.axes[0].lines[0].get_ydata())
    moved = draw_moved(displacement=0.3)
    assert np.abs(curve(moved) - curve(same)).max() > 1
    assert "space group 160" in moved.axes[0].get_title(loc="left")


def test_more_thermal_motion_makes_the_first_peak_lower():
    first = slice(0, 100)
    assert curve(draw_moved(u_iso=0.03))[first].max() < curve(draw_moved())[first].max()


def test_a_static_figure_is_shown_and_none_is_left_open(shown):
    move_the_atoms()
    assert shown["displayed"][0].axes[0].get_title(loc="left").startswith("space group 160")
    assert plt.get_fignums() == []


def test_where_nothing_can_slide_a_sentence_stands_for_the_sliders(shown):
    move_the_atoms()
    bundle = shown["displayed"][1]
    assert "while the notebook runs in JupyterLab" in bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_a_slider_replaces_the_figure(shown, monkeypatch):
    kept = {}
    monkeypatch.setattr(explorer, "_show_widgets", kept.update)
    move_the_atoms()
    kept["displacement"].value = 0.0
    (figure,) = shown["updates"]
    assert "space group 225" in figure.axes[0].get_title(loc="left")


def test_without_ipywidgets_the_figure_is_shown_with_one_line_of_advice(shown, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    move_the_atoms()
    assert len(shown["displayed"]) == 1
    assert "pip install ipywidgets" in capsys.readouterr().out


def test_a_progress_line_shows_rate_and_what_is_left(monkeypatch, capsys):
    clock = iter([0.0, 0.0, 0.0, 2.0, 2.0, 4.0, 4.0])
    monkeypatch.setattr(explorer.time, "monotonic", lambda: next(clock))
    progress = progress_line(width=10)
    progress("PDFs", 0, 100)
    progress("PDFs", 50, 100)
    progress("PDFs", 100, 100)
    lines = capsys.readouterr().out.split("\r")
    assert "PDFs █████····· 50 of 100, 25 a second, 2 s left" in lines[2]
    assert "██████████ 100 of 100, 25 a second " in lines[3]
    assert lines[3].endswith("\n")


def test_slow_work_is_told_in_seconds_each(monkeypatch, capsys):
    clock = iter([0.0, 0.0, 0.0, 8.0])
    monkeypatch.setattr(explorer.time, "monotonic", lambda: next(clock))
    progress = progress_line(width=10)
    progress("trainings", 0, 5)
    progress("trainings", 2, 5)
    first, second = capsys.readouterr().out.split("\r")[1:]
    assert first.split() == ["trainings", "··········", "0", "of", "5"]
    assert "2 of 5, 4 s each, 12 s left" in second
