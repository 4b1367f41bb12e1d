"""The results of EdEx 4."""

import json
import os

import pytest

from edex.errors import InputError
from edex.melting import report
from edex.melting.report import PRESETS, run

NAMES = {
    "crc_binary_cv_mae",
    "paper_test_mae",
    "paper_cv_mae",
    "two_step_gain_k_means",
    "two_step_gain_gaussian_mixture",
    "two_step_gain_agglomerative",
    "label_noise_mae",
}


@pytest.fixture
def small_preset(monkeypatch):
    """A preset so small that the numbers mean nothing and the rows are all there."""
    small = report.Preset("ridge", 5, 2, 2, 1, ("ridge",), has_extras=False)
    monkeypatch.setitem(PRESETS, "small", small)
    return "small"


@pytest.fixture
def no_download(monkeypatch, tmp_path):
    monkeypatch.setenv("EDEX_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("EDEX_CACHE_DIR", str(tmp_path))


needs_paper = pytest.mark.skipif(
    not os.environ.get("EDEX_DATA_DIR"),
    reason="EDEX_DATA_DIR names no folder with the paper's data",
)


@pytest.mark.usefixtures("no_download")
def test_rows_without_data_are_there_with_a_reason(small_preset):
    results = run(small_preset)
    assert {row.name for row in results.rows} >= NAMES
    for name in ("paper_test_mae", "paper_cv_mae", "label_noise_mae"):
        assert results[name].value is None
        assert "edex data fetch gharakhanyan-2024" in results[name].reason
    assert results["crc_binary_cv_mae"].value > 0
    json.dumps(results.to_json(), allow_nan=False)


@needs_paper
def test_rows_with_data_have_values_and_error_bars(small_preset):
    told = []
    results = run(small_preset, progress=told.append)
    assert all(row.value is not None for row in results.rows)
    assert results["paper_test_mae"].n == 56
    assert results["paper_cv_mae"].n == 420
    assert results["label_noise_mae"].value == pytest.approx(46, abs=12)
    assert told


def test_an_unknown_preset_is_refused():
    with pytest.raises(InputError, match="Choose from quick, default, full"):
        run("huge")


@pytest.mark.slow
@needs_paper
def test_the_quick_preset_keeps_what_it_promises():
    results = run("quick")
    assert results["crc_binary_cv_mae"].value <= 160
    assert results["paper_cv_mae"].value <= 185
    gain = results["two_step_gain_k_means"]
    assert gain.value < 2 * gain.standard_error
