"""Measurements of gas permeability with their references, and polymers nobody has measured.

The measurements are data set A of the paper: several rows may speak of one polymer, each from
another sample, temperature or laboratory, so that their scatter is the noise of the data. Data set
D holds ladder polymers to screen.

Reference: J. Yang, L. Tao, J. He, J. R. McCutcheon, Y. Li, Science Advances 8, eabn9545 (2022).
"""

import re
from functools import lru_cache
from pathlib import Path

import pandas as pd

from edex.datasets.cache import locate

__all__ = ["load_screening_polymers", "load_yang_2022"]

_GASES = ["He", "H2", "O2", "N2", "CO2", "CH4"]
_NAMES = {
    "Name": "polymer",
    "PID": "polymer_id",
    "Smiles": "smiles",
    "Details": "details",
    "Condition": "condition",
    "Reference": "reference",
    "Year": "year",
}
# "25 [C] , " or "21 ... 23 [C] , " or "ca 30 [C] , ", in degrees Celsius, Fahrenheit or kelvin
_CONDITION = re.compile(r"\s*(?:ca )?([\d.]+)(?: \.\.\. ([\d.]+))? \[([CFK])\] , ")


def load_yang_2022() -> pd.DataFrame:
    """Load 778 measurements of the permeability of polymers.

    Returns
    -------
    pandas.DataFrame
        One row a measurement, in the published order, with the columns

        - ``polymer``: its name, or what the source says of the film,
        - ``polymer_id``: a key of the source; missing in 84 rows,
        - ``smiles``: the repeat unit as published, ``*`` where it goes on,
        - ``details``, ``condition``: remarks of the source as published; some missing,
        - ``temperature``: in °C, read from ``condition`` (the middle of a range); NaN in 352 rows,
        - ``reference``, ``year``: where and when it was published,
        - ``He``, ``H2``, ``O2``, ``N2``, ``CO2``, ``CH4``: permeability in barrer; NaN where it
          was not measured. Values are as published, also the impossible ones.

        The columns that the authors imputed are left out.

    Raises
    ------
    DataError
        If the files are not on this computer; the message says how to get them.

    Warns
    -----
    DamagedFileWarning
        As `edex.datasets.locate` does.
    """
    return _read_measurements(locate("yang-2022")["datasetA_imputed_all.csv"]).copy()


def load_screening_polymers() -> pd.DataFrame:
    """Load repeat units of ladder polymers that nobody has measured.

    Returns
    -------
    pandas.DataFrame
        1,124 rows as published, 939 of them different, with the column ``smiles``: the repeat
        unit, ``*`` where it goes on.

    Raises
    ------
    DataError
        If the files are not on this computer; the message says how to get them.

    Warns
    -----
    DamagedFileWarning
        As `edex.datasets.locate` does.
    """
    return _read_screening(locate("yang-2022")["datasetD.csv"]).copy()


@lru_cache(maxsize=1)
def _read_measurements(path: Path) -> pd.DataFrame:
    """Read the measured columns of data set A."""
    table = pd.read_csv(path, usecols=[*_NAMES, *_GASES]).rename(columns=_NAMES)
    table["polymer"] = table["polymer"].str.strip()
    table["temperature"] = [_celsius(text) for text in table["condition"]]
    order = ["polymer", "polymer_id", "smiles", "details", "condition", "temperature"]
    return table[[*order, "reference", "year", *_GASES]]


@lru_cache(maxsize=1)
def _read_screening(path: Path) -> pd.DataFrame:
    """Read data set D."""
    return pd.read_csv(path, usecols=["Smiles"]).rename(columns=_NAMES)


def _celsius(condition: object) -> float:
    """Read the temperature in °C, or NaN if there is none."""
    found = _CONDITION.fullmatch(condition) if isinstance(condition, str) else None
    if found is None:
        return float("nan")
    low, high, unit = found.groups()
    number = (float(low) + float(high or low)) / 2
    if unit == "K":
        return number - 273.15
    return (number - 32) * 5 / 9 if unit == "F" else number
