"""Results as data."""

import io
import json

import pytest
from rich.console import Console

from edex.errors import InputError
from edex.learn.results import Results, Row, package_versions

ROWS = (
    Row("mae", 141.94, 5.97, "K", 851, "10 folds", target=160.0),
    Row("coverage", 0.9135, unit="1", n=100),
    Row("absent", None, unit="K", paper=180.0, reason="The data set is not on this computer."),
)
RESULTS = Results("melting-temperature", "quick", 0, ROWS, {"python": "3.11"})


def test_json_has_the_agreed_keys_and_survives_a_round_trip():
    found = json.loads(json.dumps(RESULTS.to_json(), allow_nan=False))
    assert set(found) == {"edex", "preset", "seed", "versions", "rows"}
    expected = {"name", "value", "standard_error", "unit", "n", "split", "paper", "target"}
    assert expected <= set(found["rows"][0])
    assert found["rows"][2]["value"] is None
    assert "not on this computer" in found["rows"][2]["reason"]


def test_the_table_shows_the_same_rows_with_error_bars_and_reasons():
    console = Console(width=140, record=True, file=io.StringIO())
    console.print(RESULTS.to_table())
    text = console.export_text()
    for part in ("141.9 ± 6.0 K", "160", "0.913", "180", "The data set is not on this computer."):
        assert part in text


def test_a_row_is_found_by_its_name():
    assert RESULTS["mae"].n == 851
    with pytest.raises(InputError, match="The rows are mae, coverage, absent"):
        RESULTS["rmse"]


@pytest.mark.parametrize(("value", "reason"), [(None, None), (1.0, "because")])
def test_a_row_has_either_a_value_or_a_reason(value, reason):
    with pytest.raises(InputError, match="exactly one of them"):
        Row("mae", value, reason=reason)


def test_versions_name_python_and_leave_out_what_is_not_installed():
    found = package_versions("numpy", "no-such-package-for-sure")
    assert set(found) == {"python", "numpy"}
