"""The table of results of EdEx 1 is complete, honest about what is missing, and the same again."""

import pytest

from edex.errors import InputError
from edex.learn.results import Results
from edex.spacegroup import report
from edex.spacegroup.report import PRESETS, run
from edex.spacegroup.report_rows import MEASURED_PROTOTYPES, measured_curves
from edex.spacegroup.structures import load_crystals

STABLE = [
    "random_top1",
    "random_top3",
    "prototype_top1",
    "prototype_top3",
    "dissimilar_top1",
    "nearest_pearson_top1",
    "measured_top3",
    "pdf_ms",
    "pdfs_per_second",
]


def test_an_unknown_preset_is_named():
    with pytest.raises(InputError, match="no preset 'huge'"):
        run("huge")


def test_every_preset_has_the_rows_of_a_ladder():
    assert all("logistic_regression" in preset.ladder for preset in PRESETS.values())


def test_measured_curves_are_on_the_grid_and_have_a_known_structure_type():
    curves, G = measured_curves()
    assert G.shape == (len(curves), 209)
    assert {curve.name for curve in curves} == set(MEASURED_PROTOTYPES)
    crystals, _ = load_crystals("mp-structures")
    known = {crystal.prototype: crystal.space_group_number for crystal in crystals}
    for curve in curves:
        assert known[MEASURED_PROTOTYPES[curve.name]] == curve.space_group_number


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Results:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EDEX_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        return run("quick")


@pytest.mark.slow
def test_the_table_has_all_stable_names(results):
    assert set(STABLE) <= {row.name for row in results.rows}
    assert len({row.name for row in results.rows}) == len(results.rows)


@pytest.mark.slow
def test_shares_lie_between_zero_and_one_and_have_an_error_bar_and_a_split(results):
    for row in results.rows:
        if row.value is None:
            assert row.reason
        elif row.name.endswith(("top1", "top3")) and not row.name.startswith("measured"):
            assert 0 <= row.value <= 1
            assert row.standard_error > 0
            assert "prototype" in row.split
            assert row.n


@pytest.mark.slow
def test_three_guesses_are_right_more_often_than_one(results):
    for split in ("random", "prototype", "varied_prototype"):
        assert results[f"{split}_top3"].value > results[f"{split}_top1"].value


@pytest.mark.slow
def test_the_held_out_score_is_lower_than_the_random_one(results):
    assert results["prototype_top1"].value < results["random_top1"].value
    assert results["prototype_twins"].value < results["random_twins"].value


@pytest.mark.slow
def test_minerals_that_are_not_here_leave_a_reason(results):
    assert "edex data fetch amcsd" in results["amcsd_prototype_top1"].reason


def test_simulated_pdfs_of_other_code_are_kept_apart(monkeypatch, tmp_path):
    """An update must not end in "made with other settings" about a folder of the cache."""
    monkeypatch.setenv("EDEX_CACHE_DIR", str(tmp_path))
    now = report._folder("pdfs")
    assert now == report._folder("pdfs")
    monkeypatch.setattr(report, "code_versions", lambda: {"edex": "another"})
    assert report._folder("pdfs") != now
    assert report._folder("pdfs").parent == now.parent == tmp_path / "simulated-pdfs"
