"""The tables of results of EdEx 2 and 3, and what `edex predict permeability` prints."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score

from edex.cli_permeability import describe_forecast, predict_permeability
from edex.errors import InputError
from edex.membranes import interpretation, report
from edex.membranes.crossvalidation import GasPredictions
from edex.membranes.forecasts import PolymerForecast

REPORTS = {
    report: {
        "grouped_r2_mean", "grouped_r2_He", "grouped_r2_CH4", "naive_gain_r2", "coverage_95",
        "bootstrap_leak_gain_r2", "noise_floor_O2", "selectivity_r2_CO2/N2",
    },
    interpretation: {
        "impute_r2_N2", "impute_r2_CH4", "impute_r2_H2", "shap_additivity", "motif_signs",
        "nitrile_stratified",
    },
}  # fmt: skip


@pytest.mark.parametrize("module", REPORTS)
def test_an_unknown_preset_is_refused(module):
    with pytest.raises(InputError, match="There is no preset 'tiny'"):
        module.run("tiny")


@pytest.mark.slow
@pytest.mark.parametrize("module", REPORTS)
def test_the_quick_table_has_the_stable_names_and_meets_the_targets(module, monkeypatch, tmp_path):
    monkeypatch.setenv("EDEX_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("EDEX_CACHE_DIR", str(tmp_path))
    said = []
    results = module.run("quick", seed=1, progress=said.append)
    names = {row.name for row in results.rows}
    assert names >= REPORTS[module]
    assert len(names) == len(results.rows)
    assert said
    absent = [row for row in results.rows if row.value is None]
    assert all("edex data fetch yang-2022" in str(row.reason) for row in absent)
    for row in results.rows:
        if row.value is not None and row.target is not None and row.name != "coverage_95":
            is_met = (
                row.value <= row.target if "additivity" in row.name else row.value >= row.target
            )
            assert is_met, row
    if module is report:
        assert 0.92 <= results["coverage_95"].value <= 0.97
        assert results["bootstrap_leak_gain_r2"].value > 0.05


@pytest.fixture
def predictions():
    measured = np.array([[0.0, 1.0], [1.0, 2.0], [2.0, np.nan], [3.0, 4.5]])
    mean = measured + np.array([[0.1, -0.2], [0.0, 0.3], [0.2, np.nan], [-0.4, 0.1]])
    inside = np.array([[1.0, 1.0], [1.0, 0.0], [1.0, np.nan], [0.0, 1.0]])
    return GasPredictions(measured, mean, mean, inside, ("CO2", "N2"), ("a", "b", "c", "d"))


def test_scores_are_those_of_the_values_that_were_measured(predictions):
    known = [0, 1, 3]
    assert predictions.score("N2").value == pytest.approx(
        r2_score(predictions.measured[known, 1], predictions.mean[known, 1])
    )
    assert predictions.score("N2").n == 3
    both = [predictions.score(gas).value for gas in ("CO2", "N2")]
    assert predictions.mean_score().value == pytest.approx(np.mean(both))
    gaps = predictions.mean[:, 0] - predictions.measured[:, 0]
    assert predictions.root_mean_square_error("CO2").value == pytest.approx(
        np.sqrt(np.mean(gaps**2))
    )
    assert predictions.coverage().value == pytest.approx(5 / 7)
    ratio = predictions.measured[known, 0] - predictions.measured[known, 1]
    guessed = predictions.mean[known, 0] - predictions.mean[known, 1]
    assert predictions.selectivity_score("CO2/N2").value == pytest.approx(r2_score(ratio, guessed))


@pytest.fixture
def found():
    pairs = ["O2/N2", "CO2/CH4", "CO2/N2", "H2/CH4", "H2/CO2", "He/CH4"]
    gases = pd.DataFrame(
        {
            "gas": ["O2", "CO2"],
            "permeability": [2.03, 12345.0],
            "low": [0.012, 5000.0],
            "high": [40.0, 2.0e6],
            "measured": [np.nan, np.nan],
        }
    )
    bounds = pd.DataFrame(
        {
            "pair": pairs,
            "selectivity": [5.0] * 6,
            "decades_above": [0.3, -0.4, 0.0, -1.0, 0.0, 0.0],
            "standard_error": [0.1] * 6,
            "probability": [0.9987, 0.0001, 0.5, 0.0, 0.5, 0.5],
        }
    )
    nearest = pd.DataFrame({"smiles": ["*CC*"], "similarity": [0.42], "O2": [np.log10(3.0)]})
    return PolymerForecast("*CO*", gases, bounds, nearest, True)


def test_a_forecast_is_told_with_bands_bounds_neighbours_and_a_warning(found):
    lines = describe_forecast("*OC*", found).splitlines()
    assert lines[0] == "*OC*"
    assert lines[2].split() == ["O2", "2.0", "0.012", "to", "40"]
    assert lines[3].split() == ["CO2", "12,000", "5,000", "to", "2.0e+06"]
    text = "\n".join(lines)
    assert "measured:" not in text  # nothing of this polymer is known
    assert "+0.30 ± 0.10   probability to lie above: above 99 %" in text
    assert "-0.40 ± 0.10   probability to lie above: below 1 %" in text
    assert "    0.42  *CC*, O2 3.0 barrer" in text
    assert lines[-1].startswith("  caution: unlike everything")


def test_measured_values_are_shown_with_the_remark_that_this_is_no_test(found):
    found.gases["measured"] = [2.1, np.nan]
    text = describe_forecast("*OC*", found)
    assert "this is no test of it" in text
    assert text.splitlines()[2].split()[-1] == "2.1"


def test_what_cannot_be_read_is_named_and_the_others_are_predicted(found, monkeypatch, capsys):
    monkeypatch.setattr("edex.membranes.forecasts.forecast", lambda smiles: [found for _ in smiles])
    assert predict_permeability(["*OC*", "CC"]) == 1
    out = capsys.readouterr()
    assert out.out.startswith("*OC*\n")
    assert "edex: CC: 'CC' has no attachment point" in out.err
    assert predict_permeability(["*OC*"], as_json=True) == 0
    (first,) = json.loads(capsys.readouterr().out)
    assert first["canonical"] == "*CO*"
    assert first["is_far"] is True
    assert first["gases"][0]["measured"] is None
    assert predict_permeability(["CC"], as_json=True) == 1
    assert "attachment point" in json.loads(capsys.readouterr().out)[0]["error"]
