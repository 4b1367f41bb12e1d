"""Checks and hints of the EdEx "membrane-permeability".

Each check tests what must be true of a right answer: limits, units that do not matter, disjoint
families, an independent recomputation. No number of an earlier run is stored here.
"""

from collections import Counter

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import Pipeline
from sklearn.svm import SVR

from edex.checks import (
    Questions,
    Todo,
    expect,
    expect_array,
    expect_estimator,
    expect_function,
    expect_number,
    expect_pair,
    expect_table,
    expect_text,
    fresh_generator,
)
from edex.errors import InputError
from edex.membranes import (
    canonical_repeat_unit,
    distance_above_bound,
    min_max_kernel,
    parse_repeat_unit,
    tanimoto_kernel,
)

questions = Questions("membrane-permeability")


def _is_done(answer):
    return not isinstance(answer, Todo)


def _expect_all_parts(**parts):
    """Expect that nothing of a question is left open, once all that is there is right."""
    missing = [f"`{name}`" for name, answer in parts.items() if not _is_done(answer)]
    expect(
        not missing,
        "part-missing",
        saw=f"no {', '.join(missing)} yet; what is there is right",
        expected="all parts of the question",
    )


@questions.code(
    "q1",
    title="Above the line",
    points=3,
    minutes=9,
    in_parts=True,
    hints=(
        "Take the logarithm of the line first. What is log α on it, for a given log P?",
        "log P = log k + n log α, so log α = (log P - log k) / n on the line. And α of the polymer "
        "is the ratio of two permeabilities: a difference of logarithms.",
        "`np.log10(p_fast) - np.log10(p_slow) - (np.log10(p_fast) - np.log10(k)) / n`; then count "
        "with `(decades_above(...) > 0).sum()`.",
    ),
    insight="n is negative, so the line falls: whoever wants ten times the flow has to give away "
    "selectivity. Only polymers near this line are worth a chemist's year.",
)
def check_bound(decades_above, n_above, raw):
    if _is_done(decades_above):
        _check_distance(expect_function(decades_above, "decades_above"))
    _expect_all_parts(decades_above=decades_above, n_above=n_above)
    number = expect_number(n_above, "n_above")
    distance = distance_above_bound(np.log10(raw["CO2"]), np.log10(raw["CH4"]), "CO2/CH4").decades
    wanted = int((distance > 0).sum())
    old = distance_above_bound(
        np.log10(raw["CO2"]), np.log10(raw["CH4"]), "CO2/CH4", year=1991
    ).decades
    expect(
        number != int((old > 0).sum()),
        "older-line",
        saw=f"{number:g} rows, those above the line of 1991",
        expected="the line of 2008: upper_bound(pair) without a year",
    )
    expect(
        number != int((distance < 0).sum()) and number != int((~(distance <= 0)).sum()),
        "counted-below",
        saw=f"{number:g} rows",
        expected="rows whose distance is larger than zero",
        why="A row that lacks a gas has no distance (NaN). It is neither above nor below.",
    )
    expect(
        number == wanted,
        "other-count",
        saw=f"{number:g} rows",
        expected="the number of rows of `raw` that have both gases and a distance above zero, CO2 "
        "as the fast gas and CH4 as the slow one, with bound.k and bound.n",
    )


def _check_distance(function):
    rng = fresh_generator()
    k, n = 3e5, -2.5
    alpha = 10 ** rng.uniform(0.2, 2, 12)
    on_line = k * alpha**n
    try:
        on_it = function(on_line, on_line / alpha, k, n)
    except TypeError as error:
        expect(
            "convert" not in str(error),
            "single-numbers-only",
            saw=f"decades_above with a whole column raises TypeError: {error}",
            expected="np.log10, not math.log10: it takes whole columns",
        )
        raise
    found = expect_array(on_it, "decades_above(...)", shape=(12,), of="decades")
    extra = rng.uniform(0.3, 1.2, 12)
    higher = function(on_line, on_line / (alpha * 10**extra), k, n)
    above = expect_array(higher, "decades_above(...)", shape=(12,), of="decades")
    natural = np.log(10)
    expect(
        not (np.allclose(found, 0, atol=1e-8) and np.allclose(above, natural * extra)),
        "natural-logarithm",
        saw="distances that are 2.303 times too large",
        expected="decades: logarithms to the base 10",
        why="np.log is the natural logarithm.",
    )
    expect(
        not np.allclose(above, -extra),
        "sign",
        saw="negative distances for polymers with a higher selectivity than the line",
        expected="positive above the line",
        why="α is the permeability of the fast gas over that of the slow one.",
    )
    expect(
        not np.allclose(above - found, -n * extra),
        "along-permeability",
        saw="how far a polymer is from the line in permeability, at its own selectivity",
        expected="the distance in selectivity, at its own permeability",
        why="Both are distances to the same line, and one is -n times the other.",
    )
    expect(
        not np.allclose(above, alpha * (10**extra - 1), rtol=1e-6),
        "not-logarithms",
        saw="a difference of selectivities",
        expected="a difference of their logarithms",
        why="The line spans four decades; a difference of 10 is huge at α = 2 and nothing at 900.",
    )
    expect(
        np.allclose(found, 0, atol=1e-8),
        "not-zero-on-the-line",
        saw=f"{found[0]:.2f} for a polymer that lies on the line P = k α^n",
        expected="0",
        why="On the line log P = log k + n log α.",
    )
    expect(
        np.allclose(above, extra),
        "other-distance",
        saw=f"{above[0]:.2f} for a polymer whose selectivity is {extra[0]:.2f} decades higher than "
        "on the line",
        expected=f"{extra[0]:.2f}",
    )


_UNITS = {
    "PVC": ("*CC(*)Cl", "two carbons in the chain, one of them with a chlorine"),
    "PDMS": ("*O[Si](*)(C)C", "silicon and oxygen in turn, two methyl groups on the silicon"),
    "PET": ("*OCCOC(=O)c1ccc(C(*)=O)cc1", "glycol, ester, benzene ring (para), ester"),
}
_NEAR_MISSES = {
    "PVC": (
        ("*C=C*Cl", "monomer", "a double bond in the chain"),
        ("*C=C(*)Cl", "monomer", "a double bond in the chain"),
        ("*C(Cl)C(*)Cl", "two-chlorines", "a chlorine on each carbon"),
    ),
    "PDMS": (
        ("*[Si](C)(C)*", "no-oxygen", "silicon after silicon"),
        ("*O[Si]*", "no-methyl", "no methyl groups"),
        ("*OC(*)(C)C", "carbon-for-silicon", "carbon where silicon belongs"),
    ),
    "PET": (
        ("*OCCOC(=O)c1cccc(C(*)=O)c1", "meta", "ester groups that are not opposite (meta)"),
        ("*OCCOC(=O)c1ccccc1C(*)=O", "ortho", "ester groups at neighbouring corners (ortho)"),
        ("*OCCOc1ccc(*)cc1", "no-carbonyl", "no carbonyl groups"),
        ("*CCOC(=O)c1ccc(C(*)=O)cc1", "oxygen-missing", "one ester oxygen too few"),
        ("*OCCOC(=O)C1CCC(C(*)=O)CC1", "not-aromatic", "a ring that is not aromatic"),
    ),
}


@questions.code(
    "q2",
    title="Three polymers as text",
    points=2,
    minutes=8,
    hints=(
        "Draw each chain on paper with three units, then mark a piece that repeats. Both cut bonds "
        "get a `*`.",
        "A side group stands in brackets behind its atom: `*CC(*)X` has X on the second carbon. In "
        "a benzene ring c1ccc(…)cc1 the bracket is opposite the first atom.",
        'PVC is `"*CC(*)…"` with chlorine; PDMS `"*O[Si](C)(C)*"`; PET begins with `*OCCO` and '
        "goes on with C(=O), the ring c1ccc(cc1), and C(=O)*.",
    ),
    insight="A SMILES says which atoms are bonded. It does not say how the film was cast, how long "
    "the chains are or whether they crystallise. All of this will come back as noise.",
)
def check_units(my_units):
    expect(
        isinstance(my_units, dict),
        "not-a-dictionary",
        saw=f"`my_units` is a {type(my_units).__name__}",
        expected='a dictionary, of the form {"PVC": "...", "PDMS": "...", "PET": "..."}',
    )
    missing = [name for name in _UNITS if name not in my_units]
    expect(
        not missing,
        "polymer-missing",
        saw=f"the keys {', '.join(map(str, my_units)) or '(none)'}",
        expected=f"also {', '.join(missing)}",
    )
    for name, (right, description) in _UNITS.items():
        text = my_units[name]
        expect(
            isinstance(text, str) and text.strip(),
            "not-a-text",
            saw=f"{name} is {text!r}",
            expected="its repeat unit as text",
        )
        try:
            parse_repeat_unit(text)
        except InputError as error:
            expect("*" in text, "no-stars", saw=f"{name}: {text!r}, without any `*`",
                   expected="two `*`, where the chain goes on",
                   why="Without them it is a molecule, and a molecule has ends.")  # fmt: skip
            expect(False, "no-repeat-unit", saw=f"{name}: {error}", expected=description)
        found = canonical_repeat_unit(text)
        for wrong, finding, words in _NEAR_MISSES[name]:
            try:
                same = found == canonical_repeat_unit(wrong)
            except InputError:
                same = False
            expect(not same, finding, saw=f"{name} with {words}", expected=description,
                   why=_WHY.get(finding, ""))  # fmt: skip
        expect(
            found == canonical_repeat_unit(right),
            "other-polymer",
            saw=f"{name}: {text}, another polymer. {_compare_atoms(text, right)}",
            expected=description,
        )


def _count_atoms(text):
    """Count the atoms of a repeat unit by element, hydrogen included."""
    atoms = parse_repeat_unit(canonical_repeat_unit(text)).mol.GetAtoms()
    counts = Counter(atom.GetSymbol() for atom in atoms if atom.GetAtomicNum() > 0)
    counts["H"] += sum(atom.GetTotalNumHs() for atom in atoms if atom.GetAtomicNum() > 0)
    return counts


def _compare_atoms(text, right):
    """Say in words which atoms a repeat unit has too many or too few of."""
    found, wanted = _count_atoms(text), _count_atoms(right)
    more = [f"{count} {element}" for element, count in sorted((found - wanted).items())]
    fewer = [f"{count} {element}" for element, count in sorted((wanted - found).items())]
    if not more and not fewer:
        return "It has the right atoms, bonded in another order."
    parts = [f"{' and '.join(more)} too many"] if more else []
    parts += [f"{' and '.join(fewer)} too few"] if fewer else []
    words = f"Per repeat unit it has {', '.join(parts)}."
    is_hydrogen_only = not fewer and set(found - wanted) == {"H"}
    if is_hydrogen_only and wanted["O"]:
        return f"{words} Is there a C(O) where a C(=O) should be, or a ring that is not aromatic?"
    return words


_WHY = {
    "monomer": "The double bond of vinyl chloride is what opens when the chain grows. The polymer "
    "has single bonds only.",
    "no-methyl": "In square brackets an atom has exactly the neighbours that you write, and no "
    "hydrogen is added: [Si] alone is bare.",
    "meta": "In c1ccc(…)cc1 two ring atoms lie between on each side. The meta compound is another "
    "polymer, a better barrier.",
}


@questions.code(
    "q3",
    title="One row for each polymer",
    points=3,
    minutes=9,
    hints=(
        "Three steps: logarithm, group, middle. In which order?",
        '`np.log10(raw[gases])` is a table; `.groupby(raw["polymer"])` groups its rows by a column '
        "of another table with the same index.",
        '`np.log10(raw[gases]).groupby(raw["polymer"])` and then the median of each group.',
    ),
    insight="Logarithms treat a factor of ten up and a factor of ten down alike. Here no polymer "
    "has more than two values, and of two values median and mean are the same. The median is the "
    "better habit: of three or more it does not follow a single wrong one.",
)
def check_merged(polymers, raw, gases):
    table = expect_table(polymers, "polymers", columns=gases)
    names = raw["polymer"].dropna()
    logs = np.log10(raw[gases])
    wanted = logs.groupby(raw["polymer"]).median()
    expect(
        "polymer" not in table.columns,
        "index",
        saw="the name of the polymer in a column",
        expected="the name as index of the table",
        why="Below, polymers are looked up by name: polymers.loc[name].",
    )
    expect(
        not set(table.index) & (set(raw["smiles"]) - set(names)),
        "by-text",
        saw=f"{len(table)} rows, some of them under the text as published",
        expected="one row for each canonical name, the column `polymer` of `raw`",
        why="Different texts can be one polymer. Copies on both sides of a split would leak.",
    )
    expect(
        not table.index.duplicated().any(),
        "twins",
        saw=f"{int(table.index.duplicated().sum())} polymers that still have two rows",
        expected="one row for each polymer",
    )
    full = [gas for gas in gases if len(table) and table[gas].notna().all()]
    lacking = f"; all that lack {full[0]} are gone" if len(full) == 1 else ""
    expect(
        len(table) >= len(wanted),
        "polymers-lost",
        saw=f"{len(table)} polymers, {len(wanted) - len(table)} too few{lacking}",
        expected=f"{len(wanted)}: all with a name, also those that lack a gas",
        why="Most polymers lack some gas, and nearly all lack helium. What they do have is worth "
        "learning from.",
    )
    expect(
        len(table) == len(wanted),
        "other-rows",
        saw=f"{len(table)} rows",
        expected=f"{len(wanted)}: one for each name, and none without",
    )
    expect(
        set(table.index) == set(wanted.index),
        "index",
        saw=f"an index that starts {list(table.index[:2])}",
        expected="the canonical names as index",
    )
    found = table.loc[wanted.index, list(gases)].to_numpy(dtype=float)
    right = wanted.to_numpy()
    barrer = raw[gases].groupby(raw["polymer"])
    for value, finding, saw, why in (
        (barrer.median(), "not-logarithms", "permeabilities in barrer", ""),
        (np.log10(barrer.median()), "median-of-barrer", "logarithms of what was averaged in barrer",
         "Of two values the median is their mean, and the mean of 0.1 and 10 barrer is nearly "
         "the larger one. Take the logarithm first."),
        (logs.groupby(raw["polymer"]).first(), "first-row", "the first value of each polymer",
         "The order of the rows is an accident."),
        (np.log(raw[gases]).groupby(raw["polymer"]).median(), "natural-logarithm",
         "natural logarithms", "Decades are powers of ten: np.log10."),
    ):  # fmt: skip
        expect(
            not np.allclose(found, value.loc[wanted.index].to_numpy(), equal_nan=True),
            finding,
            saw=saw,
            expected="the median of log10 P for each polymer",
            why=why,
        )
    expect(
        (np.isnan(found) == np.isnan(right)).all(),
        "filled",
        saw="values where a gas was not measured, or none where it was",
        expected="NaN exactly where no row of the polymer has the gas",
        why="A value made up here would later be predicted with great success.",
    )
    expect(
        np.allclose(found, right, equal_nan=True),
        "other-values",
        saw="other values",
        expected="the median of log10 P over the rows of each polymer",
    )


@questions.code(
    "q4",
    title="One gas testifies against another",
    points=3,
    minutes=10,
    in_parts=True,
    hints=(
        "A line through a cloud, then the distance of each point from it, up or down.",
        "`np.polyfit(x, y, 1)` returns slope and intercept; x is `CO2`, y is `CH4`, of "
        "the rows that have both: `polymers[[...]].dropna()`.",
        "residual = both['CH4'] - (slope * both['CO2'] + intercept); suspects are "
        "`residual[residual.abs() > 1]`; `.abs().idxmax()` is the worst; round its decades.",
    ),
    insight="Chains that are loose for one gas are loose for all. That is why a slip of a factor "
    "of 1000 stands out against six hundred honest rows.",
)
def check_slips(residual, suspects, worst, slip_factor, polymers):
    both = polymers[["CO2", "CH4"]].dropna()
    slope, intercept = np.polyfit(both["CO2"], both["CH4"], 1)
    right = both["CH4"] - (slope * both["CO2"] + intercept)
    if _is_done(residual):
        _check_residual(residual, right, both)
    if _is_done(suspects):
        _check_suspects(suspects, right)
    if _is_done(worst):
        expect(
            worst == right.abs().idxmax(),
            "other-worst",
            saw=f"{worst!r}",
            expected="the name (index) of the polymer whose residual has the largest size",
            why="An error of a factor can go up or down: compare sizes, not signed values.",
        )
    if _is_done(slip_factor):
        number = expect_number(slip_factor, "slip_factor")
        decades = round(float(right.abs().max()))
        expect(
            number != decades,
            "decades-not-factor",
            saw=f"{number:g}, the number of decades",
            expected="the factor itself, a power of ten",
        )
        expect(
            not 0 < number < 1,
            "smaller-than-one",
            saw=f"{number:g}",
            expected="a factor larger than 1",
            why="Whether the value is too high or too low, the sign of `residual` says already.",
        )
        expect(
            np.isclose(number, 10.0**decades),
            "other-factor",
            saw=f"a factor of {number:g}",
            expected="the power of ten nearest to 10 to the residual",
        )
    _expect_all_parts(residual=residual, suspects=suspects, worst=worst, slip_factor=slip_factor)


def _check_residual(residual, right, both):
    expect(
        isinstance(residual, pd.Series) and set(residual.index) == set(right.index),
        "not-by-name",
        saw=f"`residual` is a {type(residual).__name__} of length {np.size(residual)}",
        expected=f"a Series with the names of the {len(right)} polymers that have both gases",
    )
    found = residual.loc[right.index].to_numpy(dtype=float)
    slope, intercept = np.polyfit(both["CH4"], both["CO2"], 1)
    other = both["CO2"] - (slope * both["CH4"] + intercept)
    expect(
        not np.allclose(found, other),
        "wrong-way-round",
        saw="residuals of carbon dioxide, fitted on methane",
        expected="methane (y) fitted on carbon dioxide (x)",
        why="Least squares blames y for all scatter; the two lines are not the same.",
    )
    expect(
        not np.allclose(found, -right),
        "sign",
        saw="fitted minus measured",
        expected="measured minus fitted: positive where the methane is too high",
    )
    ratio = (both["CH4"] - both["CO2"]).to_numpy()
    expect(
        not (np.allclose(found, ratio) or np.allclose(found, ratio - ratio.mean())),
        "slope-of-one",
        saw="the difference of the two logarithms",
        expected="the distance from a fitted line",
        why="Large molecules gain more from loose chains, so the slope is larger than 1.",
    )
    expect(
        not np.allclose(found, right.abs()),
        "no-sign",
        saw="absolute values",
        expected="residuals with their sign",
    )
    expect(
        np.allclose(found, right, atol=1e-6),
        "other-line",
        saw="residuals of another line",
        expected="those of the least-squares line of log10 P(CH4) on log10 P(CO2)",
    )


def _check_suspects(suspects, right):
    expect(
        isinstance(suspects, pd.Series),
        "not-a-series",
        saw=f"`suspects` is a {type(suspects).__name__}",
        expected="the part of the Series `residual` that is far from the line, with its names",
    )
    names = set(suspects.index)
    wanted = set(right.index[right.abs() > 1])
    upper = set(right.index[right > 1])
    expect(
        names != upper or upper == wanted,
        "one-side",
        saw="only polymers above the line",
        expected="those below it as well",
        why="A slip can make a value too small.",
    )
    spread = set(right.index[right.abs() > right.std()])
    expect(
        names != spread,
        "one-spread",
        saw=f"{len(names)} polymers farther than one standard deviation",
        expected="farther than one decade",
        why="A third of honest values is farther off than one standard deviation.",
    )
    expect(
        names == wanted,
        "other-suspects",
        saw=f"{len(names)} polymers",
        expected=f"{len(wanted)} polymers with a residual beyond one decade on either side",
    )
    expect(
        np.allclose(suspects.loc[list(wanted)].astype(float), right.loc[list(wanted)], atol=1e-6),
        "other-values",
        saw="the right polymers with other values",
        expected="their residuals: suspects is a part of the Series `residual`",
    )


@questions.code(
    "q5",
    title="Two numbers that judge",
    points=2,
    minutes=7,
    in_parts=True,
    hints=(
        "Both numbers begin with the same list: the squared errors.",
        "R² compares their mean with the variance of the measured values around *their own* mean.",
        "`squares = (measured - predicted) ** 2`; return 1 - squares.mean() over np.var(measured), "
        "and the root of squares.mean(). A factor is ten to the decades.",
    ),
    insight="R² depends on how different the test polymers are: on a table of nothing but good "
    "barriers the same RMSE gives a poor R². Always quote both.",
)
def check_score(score, factor_of):
    if _is_done(score):
        _check_score(expect_function(score, "score"))
    if _is_done(factor_of):
        function = expect_function(factor_of, "factor_of")
        value = expect_number(function(0.5), "factor_of(0.5)")
        expect(
            not np.isclose(value, np.exp(0.5)),
            "natural-exponential",
            saw=f"factor_of(0.5) is {value:.2f}, e to the 0.5",
            expected="10 to the 0.5: decades are powers of ten",
        )
        expect(
            not np.isclose(value, 5.0),
            "times-ten",
            saw="factor_of(0.5) is 5",
            expected="3.16: half a decade twice is one decade, so the factor is the root of ten",
        )
        for decades in (0.5, 2.0, 0.0, -0.301):
            found = expect_number(function(decades), f"factor_of({decades:g})")
            expect(
                np.isclose(found, 10**decades),
                "other-factor",
                saw=f"factor_of({decades:g}) is {found:.3g}",
                expected=f"{10**decades:.3g}, which is 10 to the {decades:g}",
            )
    _expect_all_parts(score=score, factor_of=factor_of)


def _check_score(function):
    rng = fresh_generator()
    y = rng.normal(1.5, 1.2, 40)
    p = 0.5 * y + rng.normal(0.8, 0.5, 40)
    r2, rmse = expect_pair(function(y, p), "score(...)", parts="(R², RMSE)")
    wanted_rmse = float(np.sqrt(np.mean((y - p) ** 2)))
    wanted = 1 - float(np.sum((y - p) ** 2) / np.sum((y - y.mean()) ** 2))
    expect(
        not (np.isclose(r2, wanted_rmse) and np.isclose(rmse, wanted)),
        "swapped",
        saw="score(measured, predicted) is (RMSE, R²)",
        expected="(R², RMSE)",
    )
    expect(
        not np.isclose(r2, np.corrcoef(y, p)[0, 1] ** 2),
        "correlation",
        saw="score(y, p) with the square of a correlation for R²",
        expected="1 minus the squared errors over the squared deviations from the mean",
        why="A correlation forgives every prediction that is off by the same factor, or twice too "
        "flat. R² does not, and can be negative.",
    )
    expect(
        not np.isclose(r2, 1 - np.sum((y - p) ** 2) / np.sum((p - p.mean()) ** 2)),
        "spread-of-predictions",
        saw="score(y, p) with squared errors over the spread of the predictions",
        expected="the spread of the measured values in the denominator",
    )
    expect(
        np.isclose(r2, wanted, rtol=1e-6),
        "other-r2",
        saw=f"score(y, p) with R² = {r2:.3f}, for 40 values y and predictions p, where "
        f"it is {wanted:.3f}",
        expected="1 - Σ(y - p)² / Σ(y - ȳ)²",
    )
    expect(
        not np.isclose(rmse, wanted_rmse**2),
        "no-root",
        saw="score(y, p) with the mean of the squares for the RMSE",
        expected="its root, in decades like y itself",
    )
    expect(
        not np.isclose(rmse, np.abs(y - p).mean()),
        "absolute-error",
        saw="score(y, p) with the mean absolute error for the RMSE",
        expected="the root of the mean square",
    )
    expect(
        np.isclose(rmse, wanted_rmse),
        "other-rmse",
        saw=f"score(y, p) with RMSE = {rmse:.3f}, for 40 values y and predictions p of the check",
        expected=f"{wanted_rmse:.3f}",
    )
    shifted = expect_pair(function(y, np.full(40, y.mean())), "score(...)", parts="(R², RMSE)")
    expect(
        abs(shifted[0]) < 1e-9,
        "other-r2",
        saw=f"score(y, p) with R² = {shifted[0]:.3f} where all p are the mean of y",
        expected="0",
    )


@questions.code(
    "q6",
    title="The baseline and a line",
    points=3,
    minutes=8,
    in_parts=True,
    hints=(
        "Hide, train, predict: `cross_val_predict` does it for any model and any list of folds.",
        "`cross_val_predict(DummyRegressor(), descriptors, y, cv=folds)` is the baseline. What "
        "differs for the line is only the model.",
        "`make_pipeline(StandardScaler(), LinearRegression())` is untrained; hand it to "
        "`cross_val_predict` in place of the dummy.",
    ),
    insight="The mean has R² = 0 by definition (a little less: it is the mean of the others). "
    "Everything above is knowledge about polymers.",
)
def check_first_models(mean_predictions, linear_model, linear_predictions, descriptors, y, folds):
    n_rows = len(y)
    if _is_done(mean_predictions):
        found = expect_array(mean_predictions, "mean_predictions", shape=(n_rows,))
        expect(
            not np.allclose(found, np.mean(y)),
            "mean-of-all",
            saw="the mean of all polymers for each of them",
            expected="for each fold the mean of its training polymers",
            why="The mean of all has seen the test polymers too. Here it hardly matters; a habit "
            "that never leaks costs nothing.",
        )
        _expect_same_folds(found, "mean_predictions", DummyRegressor(), descriptors, y, folds)
        right = cross_val_predict(DummyRegressor(), descriptors, y, cv=folds)
        expect(
            np.allclose(found, right),
            "other-baseline",
            saw="`mean_predictions` with other values",
            expected="for each polymer the mean target of the folds it is not in",
        )
    if _is_done(linear_model):
        _check_linear(linear_model)
    if _is_done(linear_predictions) and _is_done(linear_model):
        found = expect_array(linear_predictions, "linear_predictions", shape=(n_rows,))
        inside = clone(linear_model).fit(descriptors, y).predict(descriptors)
        expect(
            not np.allclose(found, inside, atol=1e-3),
            "trained-on-test",
            saw="predictions of polymers that the model was trained on",
            expected="out-of-fold predictions",
            why="They say how well a line can be bent to known points, not how well it predicts.",
        )
        _expect_same_folds(found, "linear_predictions", linear_model, descriptors, y, folds)
        right = cross_val_predict(clone(linear_model), descriptors, y, cv=folds)
        expect(
            np.allclose(found, right, atol=1e-6),
            "other-folds",
            saw="`linear_predictions` of other folds or other features",
            expected="cross_val_predict with `descriptors`, `y` and cv=folds",
            why="The same folds for all models: then all meet the same easy and hard polymers.",
        )
    _expect_all_parts(
        mean_predictions=mean_predictions,
        linear_model=linear_model,
        linear_predictions=linear_predictions,
    )


def _expect_same_folds(found, name, model, descriptors, y, folds):
    """Expect that the predictions are not those of the folds that scikit-learn deals by itself."""
    for number in {len(folds), 5}:
        dealt = cross_val_predict(clone(model), descriptors, y, cv=number)
        expect(
            not np.allclose(found, dealt, atol=1e-6),
            "cv-number",
            saw=f"`{name}` from other folds: {number} that scikit-learn dealt by itself",
            expected="cv=folds, the list made above; a number, or no cv, deals new folds",
            why="The same folds for all models: then all meet the same easy and hard polymers.",
        )


def _check_linear(linear_model):
    model = expect_estimator(linear_model, "linear_model")
    steps = [type(step).__name__ for _, step in getattr(model, "steps", [])]
    expect(
        isinstance(model, Pipeline) and "StandardScaler" in steps,
        "no-pipeline",
        saw=f"a {type(model).__name__}{f' of {steps}' if steps else ''}",
        expected="one pipeline: StandardScaler, then LinearRegression",
        why="A scaler inside the pipeline sees training polymers only.",
    )
    expect(
        isinstance(model.steps[-1][1], LinearRegression),
        "not-linear",
        saw=f"a {steps[-1]} at the end",
        expected="LinearRegression",
    )


@questions.code(
    "q7",
    title="How alike are two polymers?",
    points=3,
    minutes=8,
    in_parts=True,
    hints=(
        "Both are 'what is shared' over 'what there is at all'. For equal rows both give 1.",
        "Bits: both set is `(a > 0) & (b > 0)`, either set is `(a > 0) | (b > 0)`. Counts: the "
        "shared part of two counts is the smaller one.",
        "Sum of `np.minimum(a, b)` over sum of `np.maximum(a, b)`; for bits this is the Tanimoto "
        "similarity as well.",
    ),
    insight="Of bits the two kernels are the same number. For counts min-max knows that eight CH₂ "
    "are not one CH₂.",
)
def check_kernels(tanimoto, min_max):
    rng = fresh_generator()
    if _is_done(tanimoto):
        _check_tanimoto(expect_function(tanimoto, "tanimoto"), rng)
    if _is_done(min_max):
        _check_min_max(expect_function(min_max, "min_max"), rng)
    _expect_all_parts(tanimoto=tanimoto, min_max=min_max)


def _pair_by_pair(function, call, A, B):
    return np.array([expect_number(function(a, b), call) for a, b in zip(A, B, strict=True)])


def _check_tanimoto(function, rng):
    rows = (rng.random((8, 40)) < 0.3).astype(float)
    rows[:, 0] = 1
    A, B = rows[:4], rows[4:]
    found = _pair_by_pair(function, "tanimoto(a, b)", A, B)
    right = np.diagonal(tanimoto_kernel(A, B))
    common, n_a, n_b = (A * B).sum(axis=1), A.sum(axis=1), B.sum(axis=1)
    call = (
        f"tanimoto(a, b), with {n_a[0]:g} and {n_b[0]:g} bits set and {common[0]:g} in common, is "
        f"{found[0]:.3f}"
    )
    for wrong, finding, saw, why in (
        ((A == B).mean(axis=1), "zeros-counted", "the share of equal places",
         "Most bits are 0 in both. That two polymers both lack bromine says almost nothing."),
        (common / (n_a + n_b), "common-counted-twice",
         "common bits over the sum of both numbers", "Bits in common are in that sum twice."),
        (2 * common / (n_a + n_b), "dice", "Dice's measure, 2 c / (a + b)", ""),
        (common / np.sqrt(n_a * n_b), "cosine", "the cosine of the angle", ""),
        (common, "not-divided", "the number of bits in common",
         "Large molecules have more of everything in common."),
        (common / A.shape[1], "over-all-bits", "bits in common over all bits", ""),
        (1 - right, "distance", "a distance: 0 for equal rows", ""),
    ):  # fmt: skip
        expect(
            not np.allclose(found, wrong),
            finding,
            saw=f"{call}: {saw}",
            expected="bits set in both, over bits set in at least one",
            why=why,
        )
    worst = np.argmax(np.abs(found - right))
    expect(
        np.allclose(found, right),
        "other-tanimoto",
        saw=f"tanimoto(a, b), with {n_a[worst]:g} and {n_b[worst]:g} bits set and "
        f"{common[worst]:g} in common, is {found[worst]:.3f}",
        expected=f"{right[worst]:.3f}",
    )
    same = expect_number(function(rows[0], rows[0]), "tanimoto(a, a)")
    expect(np.isclose(same, 1), "other-tanimoto", saw=f"tanimoto(a, a) is {same:.2f}", expected="1")


def _check_min_max(function, rng):
    rows = rng.integers(0, 6, (8, 30)).astype(float)
    A, B = rows[:4], rows[4:]
    found = _pair_by_pair(function, "min_max(a, b)", A, B)
    right = np.diagonal(min_max_kernel(A, B))
    bits = np.diagonal(tanimoto_kernel(A > 0, B > 0))
    with np.errstate(invalid="ignore", divide="ignore"):
        each = np.nanmean(np.minimum(A, B) / np.maximum(A, B), axis=1)
    for wrong, finding, saw, why in (
        (bits, "counts-lost", "the Tanimoto similarity of what is there at all",
         "A chain of eight CH₂ and one of two are then the same."),
        (each, "mean-of-ratios", "the mean of the ratios of single counts",
         "Then a group that occurs once weighs as much as one that occurs twenty times."),
        (1 / right, "upside-down", "the larger over the smaller counts", ""),
    ):  # fmt: skip
        expect(
            not np.allclose(found, wrong),
            finding,
            saw=f"min_max(a, b), for 30 counts each that add up to {A[0].sum():g} and "
            f"{B[0].sum():g}, is {found[0]:.3f}: {saw}",
            expected="the sum of the smaller counts over the sum of the larger ones",
            why=why,
        )
    worst = np.argmax(np.abs(found - right))
    expect(
        np.allclose(found, right),
        "other-min-max",
        saw=f"min_max(a, b), for 30 counts each that add up to {A[worst].sum():g} and "
        f"{B[worst].sum():g}, is {found[worst]:.3f}",
        expected=f"{right[worst]:.3f}",
    )


@questions.code(
    "q8",
    title="Too few bits",
    points=3,
    minutes=9,
    in_parts=True,
    hints=(
        "Bit j and bit j + n end in the same place. Write 8 bits under one another in rows of 4.",
        "`bits.reshape(len(bits), -1, n)` puts bits that go to the same place above one another: "
        "axis 1. 'Any of them' is a maximum. `np.unique(..., axis=0)` finds equal rows.",
        "fold: `.reshape(len(bits), -1, n).max(axis=1)`. Lookalikes: `_, copies = np.unique(bits, "
        "axis=0, return_counts=True)`, then the sum of all copies larger than 1.",
    ),
    insight="A hash saves memory and loses meaning: in a folded fingerprint no bit has a name. In "
    "EdEx 3, where we ask what a feature means, folding is forbidden.",
)
def check_folding(fold_bits, n_lookalikes):
    rng = fresh_generator()
    if _is_done(fold_bits):
        function = expect_function(fold_bits, "fold_bits")
        for n in (64, 256, 512):
            _check_fold(function, (rng.random((6, 2048)) < 0.02).astype(float), n)
    if _is_done(n_lookalikes):
        function = expect_function(n_lookalikes, "n_lookalikes")
        rows = np.eye(7)[[0, 1, 1, 2, 3, 3, 3, 4]]
        number = expect_number(function(rows), "n_lookalikes(...)")
        expect(
            number != 3,
            "surplus-rows",
            saw="3 for a table in which two rows are equal and three others are equal",
            expected="5: all rows that have a lookalike, the first of them too",
        )
        expect(
            number != 2,
            "groups-counted",
            saw="2, the number of groups of equal rows",
            expected="5 rows",
        )
        expect(number == 5, "other-number", saw=f"{number:g}", expected="5 (2 + 3) equal rows")
        none = expect_number(function(np.eye(4)), "n_lookalikes(...)")
        expect(none == 0, "other-number", saw=f"{none:g} where all rows differ", expected="0")
    _expect_all_parts(fold_bits=fold_bits, n_lookalikes=n_lookalikes)


def _check_fold(function, bits, n):
    name = f"fold_bits(bits, {n})"
    found = expect_array(function(bits, n), name, shape=(len(bits), n), of="bits")
    right = np.zeros((len(bits), n))
    for start in range(0, bits.shape[1], n):
        right = np.maximum(right, bits[:, start : start + n])
    neighbours = bits.reshape(len(bits), n, -1).max(axis=2)
    expect(
        found.max() <= 1,
        "added-up",
        saw=f"{name} with values up to {found.max():g}",
        expected="bits: 1 if any of those that meet is 1",
    )
    expect(
        not np.array_equal(found, bits[:, :n]),
        "cut-off",
        saw=f"{name} with the first {n} bits only",
        expected="all bits, squeezed: none is thrown away",
    )
    expect(
        not np.array_equal(found, neighbours),
        "neighbours",
        saw=f"{name} with groups of neighbouring bits",
        expected="bit j at place j mod n",
    )
    row, place = np.argwhere(found != right)[0] if (found != right).any() else (0, 0)
    expect(
        np.array_equal(found, right),
        "other-fold",
        saw=f"{name} with {found[row, place]:g} at place {place}, not {right[row, place]:g}",
        expected="place i is 1 if any bit i, i + n, i + 2n, ... is 1",
    )


_REFERENCE = "support vectors, paths"


@questions.code(
    "q9",
    title="Which differences are decided?",
    points=4,
    minutes=12,
    in_parts=True,
    hints=(
        "One difference for each polymer first. Then its mean, and the standard error of a mean.",
        "d = (y - first)² - (y - second)² is positive where the second is nearer. Mean and "
        "standard error of d are both divided by the variance of y.",
        "`return d.mean() / np.var(y), d.std(ddof=1) / np.sqrt(len(d)) / np.var(y)`; a verdict is "
        '"undecided" if the size of the gain is at most two of these errors.',
    ),
    insight="Pairing can show a difference that two separate error bars hide. Two error bars that "
    "overlap are no proof that two models are equal.",
)
def check_gain(gain_in_r2, verdict_of, verdict, predictions, ladder, y):
    if _is_done(gain_in_r2):
        _check_gain(expect_function(gain_in_r2, "gain_in_r2"))
    if _is_done(verdict_of):
        _check_verdict_of(expect_function(verdict_of, "verdict_of"))
    if _is_done(verdict):
        _check_verdict(verdict, predictions, ladder, np.asarray(y))
    _expect_all_parts(gain_in_r2=gain_in_r2, verdict_of=verdict_of, verdict=verdict)


def _check_verdict_of(function):
    for gain, right in (
        (0.03, "better"),
        (-0.03, "worse"),
        (0.015, "undecided"),
        (-0.015, "undecided"),
        (0.025, "better"),
        (-0.025, "worse"),
        (0.004, "undecided"),
    ):
        found = function(gain, 0.01)
        saw = f"verdict_of({gain}, 0.01) is {found!r}"
        expect(
            isinstance(found, str) and found in {"better", "worse", "undecided"},
            "not-a-verdict",
            saw=saw,
            expected='one of the texts "better", "worse" and "undecided"',
        )
        expect(
            {found, right} != {"better", "worse"},
            "sign",
            saw=saw,
            expected='"better" for a positive gain, "worse" for a negative one',
        )
        expect(
            right != "undecided" or found == right,
            "too-soon",
            saw=saw,
            expected='"undecided", up to two standard errors on either side',
            why="Of two models that are equally good, one is ahead by more than one standard "
            "error in every third comparison.",
        )
        expect(
            found == right,
            "too-late",
            saw=saw,
            expected=f'"{right}": the gain is more than two standard errors from 0',
        )
    wide = function(0.3, 0.2)
    expect(
        wide == "undecided",
        "too-soon",
        saw=f"verdict_of(0.3, 0.2) is {wide!r}",
        expected='"undecided": two standard errors are 0.4 here',
    )


def _check_gain(function):
    rng = fresh_generator()
    y = rng.normal(1, 1.5, 80)
    hard = rng.normal(0, 0.6, 80)
    first, second = y + hard + rng.normal(0, 0.2, 80), y + 0.7 * hard + rng.normal(0, 0.1, 80)
    found = function(y, first, second)
    gain, error = expect_pair(found, "gain_in_r2(...)", parts="(gain, standard error)")
    d = (y - first) ** 2 - (y - second) ** 2
    right, bar = d.mean() / np.var(y), d.std(ddof=1) / np.sqrt(80) / np.var(y)
    expect(
        not np.isclose(gain, -right),
        "sign",
        saw="a negative gain where the second model is better",
        expected="positive if the second has the smaller squared errors",
    )
    absolute = np.abs(y - first) - np.abs(y - second)
    expect(
        not np.isclose(gain, absolute.mean()) and not np.isclose(gain, absolute.mean() / np.var(y)),
        "absolute-errors",
        saw="differences of absolute errors",
        expected="differences of squared errors: R² is made of squares",
    )
    expect(
        not np.isclose(gain, d.mean()),
        "not-divided",
        saw="the mean difference of the squared errors, in decades squared",
        expected="that, divided by the variance of y: then it is a difference of R²",
    )
    expect(
        np.isclose(gain, right, rtol=0.02),
        "other-gain",
        saw=f"{gain:.4f}",
        expected=f"{right:.4f}: R² of the second minus R² of the first",
    )
    parts = [((y - p) ** 2).std(ddof=1) / np.sqrt(80) / np.var(y) for p in (first, second)]
    expect(
        not np.isclose(error, np.hypot(*parts), rtol=0.02),
        "not-paired",
        saw="the error bars of the two scores, added in quadrature",
        expected="the standard error of the differences, polymer by polymer",
        why="What is hard for both models drops out of the difference.",
    )
    expect(
        not np.isclose(error, d.std(ddof=1) / np.var(y), rtol=0.02),
        "spread-not-error",
        saw="the spread of the differences",
        expected="that, divided by the root of the number of polymers",
    )
    expect(
        not np.isclose(error, d.std(ddof=1) / np.sqrt(80), rtol=0.005)
        or np.isclose(np.var(y), 1, rtol=0.01),
        "error-not-divided",
        saw="an error bar in decades squared",
        expected="that, divided by the variance of y as the gain is",
    )
    expect(
        np.isclose(error, bar, rtol=0.02),
        "other-error-bar",
        saw=f"{error:.4f}",
        expected=f"{bar:.4f}",
    )


def _check_verdict(verdict, predictions, ladder, y):
    names = [name for name in ladder if name != _REFERENCE]
    expect(
        isinstance(verdict, dict),
        "not-a-dictionary",
        saw=f"`verdict` is a {type(verdict).__name__}",
        expected='a dictionary, of the form {"linear": "worse", ...}',
    )
    expect(
        _REFERENCE not in verdict,
        "with-itself",
        saw=f'a verdict on "{_REFERENCE}" too',
        expected="all models of the ladder except this one",
        why="It is what the others are compared with. Its gain over itself is 0, without an error.",
    )
    missing = [name for name in names if name not in verdict]
    extra = [str(name) for name in verdict if name not in names]
    expect(
        not extra,
        "unknown-model",
        saw=f"a verdict on {', '.join(extra)}",
        expected=f"a word for each of {', '.join(names)}, and for no other",
    )
    expect(
        not missing,
        "not-every-model",
        saw=f"no verdict on {', '.join(missing)}",
        expected=f"a word for each of {', '.join(names)}",
    )
    for name in names:
        d = (y - predictions[_REFERENCE]) ** 2 - (y - predictions[name]) ** 2
        gain, error = d.mean(), d.std(ddof=1) / np.sqrt(len(y))
        right = "undecided" if abs(gain) <= 2 * error else ("better" if gain > 0 else "worse")
        if abs(abs(gain) - 2 * error) < 0.02 * error:
            continue  # on the edge: n or n - 1 decides
        expect(
            verdict[name] == right,
            "other-verdict",
            saw=f"{verdict[name]!r} for {name}, whose R² differs by "
            f"{gain / np.var(y):+.3f} ± {error / np.var(y):.3f}",
            expected='"better" or "worse" beyond two standard errors, else "undecided"',
            why="The sign says who was better on these polymers, the error bar whether other "
            "polymers would agree.",
        )


class _Spy(RegressorMixin, BaseEstimator):
    """A regressor that keeps a diary of the rows it was trained on and predicts their mean."""

    diary: list = []  # noqa: RUF012  (shared by all clones, on purpose)

    def fit(self, X, y):
        type(self).diary.append(np.asarray(X)[:, 0].astype(int))
        self.mean_ = float(np.mean(y))
        return self

    def predict(self, X):
        return np.full(len(X), self.mean_)


@questions.code(
    "q10",
    title="A leak of your own",
    points=4,
    minutes=13,
    in_parts=True,
    hints=(
        "In the loop two things happen: a draw, and one model more that is trained on it and "
        "predicts. Which rows may be drawn?",
        "`rng.choice(pool, size=len(pool))` draws row numbers with replacement. `predicted` "
        "is what a clone that learned from them says of X[test]. One draw misses a row with the "
        "probability 1 - 1/n.",
        "`predicted = clone(model).fit(X[drawn], y[drawn]).predict(X[test])`. Pools: `train`, and "
        "`np.arange(len(y))`. (1 - 1/n)ⁿ tends to 1/e.",
    ),
    insight="Each member has seen 63 % of the test polymers, and of 16 members about ten know any "
    "given one by heart. What looks like a mean of opinions is mostly memory.",
)
def check_leak(bagged, honest, leaked, seen_share, counts, paths, y, train, test, n_members):
    if _is_done(bagged):
        _check_bagged(expect_function(bagged, "bagged"))
    targets = np.asarray(y)
    kernels = {"counts": min_max_kernel(counts), "paths": min_max_kernel(paths)}
    model = SVR(kernel=min_max_kernel, C=10)
    for given, name in ((honest, "honest"), (leaked, "leaked")):
        if not _is_done(given):
            continue
        found = expect_array(given, name, shape=(len(test),), of="predictions of the test polymers")
        error = np.mean((found - targets[test]) ** 2)
        alone = model.fit(counts[train], targets[train]).predict(counts[test])
        limit = np.mean((alone - targets[test]) ** 2)
        if name == "honest":
            expect(
                error > 0.6 * limit,
                "honest-leaks",
                saw=f"`honest` with an error of {np.sqrt(error):.2f} decades, much smaller than "
                f"that of a model trained on all of `train` ({np.sqrt(limit):.2f})",
                expected="draws from `train` only",
                why="Averaging cannot win that much. These test polymers have been learned from.",
            )
        else:
            expect(
                error < 0.8 * limit,
                "no-leak",
                saw=f"`leaked` with an error of {np.sqrt(error):.2f} decades, like the honest one",
                expected="draws from all rows: np.arange(len(y))",
                why="For once the mistake is the task.",
            )
        pool = train if name == "honest" else np.arange(len(targets))
        own = bagged if _is_done(bagged) else None
        _check_ensemble(found, name, pool, kernels, targets, test, n_members, own)
    if _is_done(seen_share):
        share = expect_number(seen_share, "seen_share")
        expect(
            not np.isclose(share, np.exp(-1), atol=0.01),
            "not-seen",
            saw=f"{share:.2f}, the probability to be drawn never",
            expected="the probability to be drawn at least once",
        )
        in_any_draw = 1 - (1 - 1 / len(targets)) ** (len(targets) * n_members)
        expect(
            not np.isclose(share, in_any_draw, atol=0.003),
            "all-draws",
            saw=f"{share:.2f}, nearly certain: the probability to be in any of the {n_members} "
            "draws",
            expected=f"the probability to be in *one* draw, not in any of the {n_members}",
            why="In one draw some rows come twice, so others do not come at all.",
        )
        expect(
            not np.isclose(share, len(test) / len(targets), atol=0.005),
            "share-of-test",
            saw=f"{share:.2f}, the share of all polymers that is tested",
            expected="the probability that n draws with replacement from n rows hit a given row",
        )
        expect(
            np.isclose(share, 1 - np.exp(-1), atol=0.01),
            "other-share",
            saw=f"{share:.2f}",
            expected="1 - (1 - 1/n)ⁿ for large n",
        )
    _expect_all_parts(bagged=bagged, honest=honest, leaked=leaked, seen_share=seen_share)


def _check_ensemble(found, name, pool, kernels, targets, test, n_members, own):
    """Expect predictions nearer to an ensemble of ours than to those of likely mistakes.

    With a seed, the student's own function says the same again. Without one no two right answers
    are equal, but means of many draws differ less among themselves than from those of another
    pool, other features or another C.
    """

    def repeated(features, rows, C):
        if own is None:
            return np.full(len(test), np.inf)
        kernel = kernels[features]
        model = SVR(kernel=lambda a, b: kernel[np.ix_(a[:, 0].astype(int), b[:, 0].astype(int))])
        places = np.arange(len(targets))[:, None]
        return own(model.set_params(C=C), places, targets, rows, test, n_members)

    if np.allclose(found, repeated("counts", pool, 10), atol=1e-3):
        return
    members = _drawn_members(kernels["counts"], pool, test, targets, 10)
    apart = np.abs(found - members.mean(axis=0)).mean()
    task = "`train`" if name == "honest" else "all rows, np.arange(len(y)),"
    for (features, rows, C), finding, saw, expected in (
        (("counts", test, 10), "pool-of-test", "predictions like those with `test` alone as pool",
         f"{task} as pool"),
        (("paths", pool, 10), "paths", "predictions like those from `paths`",
         "the model `support_vectors` on `counts`"),
        (("counts", pool, 1), "other-c", "predictions like those of support vectors without C=10",
         "the model `support_vectors` that was made above, with C=10"),
    ):  # fmt: skip
        wrong = _drawn_members(kernels[features], rows, test, targets, C).mean(axis=0)
        is_nearer = apart > 1.25 * np.abs(found - wrong).mean()
        expect(
            not is_nearer and not np.allclose(found, repeated(features, rows, C), atol=1e-3),
            finding,
            saw=f"`{name}`: {saw}",
            expected=expected,
        )
    spread = np.sqrt(members.var(axis=0, ddof=1).mean() * (1 / n_members + 1 / len(members)))
    error = np.sqrt(np.mean((found - members.mean(axis=0)) ** 2))
    expect(
        error < 2.5 * spread,
        "other-model",
        saw=f"`{name}` differs by {error:.2f} decades from an ensemble of our own, more than other "
        "draws explain",
        expected=f"the model `support_vectors` on `counts`, with {task} as pool, for the rows "
        "`test` in their order",
    )


def _drawn_members(kernel, pool, test, targets, C, n_members=32):
    """Return the predictions of bootstrap members, shape (n_members, n_test)."""
    rng = np.random.default_rng(20)
    predictions = []
    for _ in range(n_members):
        drawn = rng.choice(pool, size=len(pool))
        member = SVR(kernel="precomputed", C=C).fit(kernel[np.ix_(drawn, drawn)], targets[drawn])
        predictions.append(member.predict(kernel[np.ix_(test, drawn)]))
    return np.array(predictions)


def _check_bagged(function):
    n_rows = 60
    X = np.arange(n_rows, dtype=float)[:, None]
    y = fresh_generator().normal(0, 1, n_rows)
    pool, test = np.arange(20, 60), np.arange(0, 20)
    _Spy.diary = []
    spy = _Spy()
    found = function(spy, X, y, pool, test, 7)
    found = expect_array(found, "bagged(...)", shape=(20,), of="one prediction for each test row")
    expect(
        len(_Spy.diary) == 7,
        "wrong-number-of-members",
        saw=f"{len(_Spy.diary)} trainings for n_members = 7",
        expected="one training for each member",
    )
    seen = np.concatenate(_Spy.diary)
    expect(
        not set(seen) & set(test),
        "outside-the-pool",
        saw=f"training on {len(set(seen) & set(test))} rows that are not in the pool",
        expected="draws from `pool` only",
        why="Whether there is a leak is decided by the pool alone. That is the point.",
    )
    expect(
        set(seen) <= set(pool),
        "outside-the-pool",
        saw="rows that are not in the pool",
        expected="draws from `pool` only",
    )
    sizes = {len(rows) for rows in _Spy.diary}
    expect(
        sizes == {len(pool)},
        "other-size",
        saw=f"draws of {sorted(sizes)} rows from a pool of {len(pool)}",
        expected="as many as the pool has",
    )
    expect(
        any(len(set(rows)) < len(rows) for rows in _Spy.diary),
        "without-replacement",
        saw="draws in which no row comes twice",
        expected="drawing with replacement",
        why="As many as there are, each once, is everything: all members would be the same.",
    )
    expect(
        len({tuple(sorted(rows)) for rows in _Spy.diary}) > 1,
        "same-draw",
        saw="the same draw for each member",
        expected="a new draw for each",
    )
    expect(
        not hasattr(spy, "mean_"),
        "no-clone",
        saw="the model that was handed in has been trained itself",
        expected="a fresh clone(model) for each member",
    )
    right = np.mean([y[rows].mean() for rows in _Spy.diary])
    expect(
        np.allclose(found, right),
        "not-the-mean",
        saw="something else than the mean of the members' predictions",
        expected="their sum over n_members",
    )


@questions.code(
    "q11",
    title="Families held out",
    points=2,
    minutes=7,
    in_parts=True,
    hints=(
        "What must stay together now? One label for each polymer says it.",
        "The function that dealt polymers into folds deals whatever labels it gets; the labels "
        "here are `families`.",
        "`grouped_folds(families, ...)` with the same number of folds and the same seed; then "
        "`cross_val_predict(SVR(kernel=min_max_kernel, C=10), counts, y, cv=...)`.",
    ),
    insight="Same data, same model, a fraction of the R². Neither number is wrong; they answer "
    "different questions.",
)
def check_families(family_folds, family_predictions, families, counts, y, n_folds):
    if _is_done(family_folds):
        _check_family_folds(family_folds, np.asarray(families), n_folds)
    if _is_done(family_folds) and _is_done(family_predictions):
        found = expect_array(family_predictions, "family_predictions", shape=(len(y),))
        model = SVR(kernel=min_max_kernel, C=10)
        right = cross_val_predict(model, counts, y, cv=list(family_folds))
        expect(
            np.allclose(found, right, atol=1e-6),
            "other-predictions",
            saw="predictions of other folds, features or settings",
            expected="out-of-fold predictions with `family_folds`, on `counts`",
        )
    _expect_all_parts(family_folds=family_folds, family_predictions=family_predictions)


def _check_family_folds(family_folds, families, n_folds):
    expect(
        isinstance(family_folds, list | tuple),
        "not-a-list",
        saw=f"`family_folds` is a {type(family_folds).__name__}",
        expected="a list of pairs (train, test)",
        why="A generator is used up by the first model.",
    )
    expect(
        len(family_folds) == n_folds,
        "wrong-number",
        saw=f"{len(family_folds)} pairs",
        expected=f"n_folds = {n_folds}",
    )
    tested = []
    for learn, ask in family_folds:
        shared = set(families[learn]) & set(families[ask])
        expect(
            not shared,
            "leak",
            saw=f"{len(shared)} families on both sides, such as number {min(shared, default=0)}",
            expected="each family on one side only",
            why="Cousins give away most of the answer. Here we ask about chemistry that is new.",
        )
        tested += list(ask)
    expect(
        sorted(tested) == list(range(len(families))),
        "not-once",
        saw=f"{len(set(tested))} of {len(families)} polymers tested, {len(tested)} times in all",
        expected="each polymer in one test part",
    )


@questions.code(
    "q12",
    title="What is known, and what the bands hold",
    points=3,
    minutes=9,
    in_parts=True,
    hints=(
        "First: hide, in a copy, the columns that nobody has measured. Second: count what is "
        "inside, and divide by what was measured.",
        "A comparison with NaN is False, so NaN never counts as inside. But the length of the "
        "array counts it. How many values are finite?",
        "`((low <= measured) & (measured <= high)).sum() / np.isfinite(measured).sum()`; a copy "
        "with NaN in a column: `table.assign(He=np.nan)`, for each hidden gas.",
    ),
    insight="To hand over the value that is to be predicted is the shortest leak there is, and in "
    "an imputation it takes one forgotten column.",
)
def check_imputation(keep_known, coverage):
    if _is_done(keep_known):
        _check_keep_known(expect_function(keep_known, "keep_known"))
    if _is_done(coverage):
        _check_coverage(expect_function(coverage, "coverage"))
    _expect_all_parts(keep_known=keep_known, coverage=coverage)


def _check_keep_known(function):
    rng = fresh_generator()
    columns = ["He", "H2", "O2", "N2", "CO2", "CH4"]
    table = pd.DataFrame(rng.normal(size=(6, 6)), columns=columns, index=list("abcdef"))
    table.loc["b", "O2"] = np.nan
    before = table.copy()
    for kept in (["O2", "CO2"], ["H2"]):
        found = expect_table(function(table, kept), "keep_known(...)")
        expect(
            table.equals(before),
            "changed-in-place",
            saw="the table that was handed in has changed",
            expected="a copy",
            why="The measured values are needed afterwards, to compare with.",
        )
        expect(
            list(found.columns) == columns and found.shape == table.shape,
            "other-shape",
            saw=f"columns {', '.join(map(str, found.columns))} and {len(found)} rows",
            expected="all six columns and all rows; what is hidden is NaN",
            why="The model finds each gas by its place.",
        )
        hidden = [gas for gas in columns if gas not in kept]
        expect(
            found[hidden].isna().all().all(),
            "answer-given",
            saw="values of gases that were not to be known: "
            f"{', '.join(gas for gas in hidden if found[gas].notna().any())}",
            expected="NaN in every column that is not kept",
            why="The model would be told the very value that it is asked for, and answer with it.",
        )
        expect(
            np.array_equal(found[kept].to_numpy(), before[kept].to_numpy(), equal_nan=True),
            "kept-lost",
            saw="kept columns that have changed",
            expected="the kept gases as they were, NaN where they were not measured",
        )


def _check_coverage(function):
    rng = fresh_generator()
    measured = rng.normal(size=(50, 3))
    low = measured - rng.uniform(0.1, 1, measured.shape)
    high = measured + rng.uniform(0.1, 1, measured.shape)
    high[:7, 0] = measured[:7, 0] - 0.05
    low[:5, 1] = measured[:5, 1] + 0.02
    measured[20:40, 2] = np.nan
    found = expect_number(function(measured, low, high), "coverage(...)")
    n_known = int(np.isfinite(measured).sum())
    right = (n_known - 12) / n_known
    expect(
        not found > 1,
        "percent",
        saw=f"coverage(...) is {found:.1f}",
        expected="a fraction between 0 and 1, not percent",
    )
    expect(
        not np.isclose(found, (n_known - 12) / measured.size),
        "missing-counted",
        saw="values that were not measured counted as outside",
        expected="the share of the measured ones",
        why="(…).mean() divides by all places, also by those that hold NaN.",
    )
    expect(
        not np.isclose(found, (measured.size - 12) / measured.size),
        "missing-inside",
        saw="values that were not measured counted as inside",
        expected="the share of the measured ones",
    )
    expect(
        not np.isclose(found, 12 / n_known),
        "outside",
        saw="the share that is outside",
        expected="the share that is inside",
    )
    one_sided = [(n_known - 7) / n_known, (n_known - 5) / n_known]
    expect(
        not np.isclose(found, one_sided).any(),
        "one-side",
        saw="values compared with one end of the band only",
        expected="between `low` and `high`",
    )
    expect(np.isclose(found, right), "other-share", saw=f"{found:.3f}", expected=f"{right:.3f}")


@questions.code(
    "q13",
    title="Three membranes of your own",
    points=3,
    minutes=11,
    in_parts=True,
    hints=(
        "A distribution goes through a formula most simply by drawing: many pairs, one distance "
        "for each.",
        "`rng.multivariate_normal(mean, covariance, size=20_000)` has two columns of logarithms; "
        "`decades_above` takes barrer. Mean, spread and share come from the distances.",
        "`distances = decades_above(10 ** draws[:, 0], 10 ** draws[:, 1], k, n)`; return their "
        "mean, std and `(distances > 0).mean()`.",
    ),
    insight="Errors that two gases share move a polymer along the cloud, hardly across it. Whoever "
    "draws them independently gets error bars that are far too long.",
)
def check_membranes(my_membranes, distance_with_error, polymers):
    if _is_done(distance_with_error):
        _check_propagation(expect_function(distance_with_error, "distance_with_error"))
    if _is_done(my_membranes):
        _check_membranes(my_membranes, polymers)
    _expect_all_parts(my_membranes=my_membranes, distance_with_error=distance_with_error)


def _check_membranes(my_membranes, polymers):
    expect(
        isinstance(my_membranes, list | tuple) and all(isinstance(m, str) for m in my_membranes),
        "not-a-list",
        saw=f"`my_membranes` is a {type(my_membranes).__name__}",
        expected='a list of three texts, of the form ["*CC*", ...]',
    )
    names = []
    for text in my_membranes:
        try:
            names.append(canonical_repeat_unit(text))
        except InputError as error:
            expect(False, "no-repeat-unit", saw=str(error), expected="a repeat unit")
    expect(
        len(set(names)) == len(names),
        "same-polymer",
        saw=f"{len(set(names))} different polymers in {len(names)} texts",
        expected="three different polymers",
        why="The same chain can be cut and read in many ways.",
    )
    expect(len(names) == 3, "not-three", saw=f"{len(names)} polymers", expected="three")
    expect(
        set(names) - set(polymers.index),
        "all-known",
        saw="three polymers that have been measured",
        expected="at least one that is not in the index of `polymers`",
        why="What is in the table the model remembers; a prediction begins with a new polymer.",
    )


def _check_propagation(function):
    k, n = 5.0e6, -2.6
    mean = np.array([2.4, 0.7])
    for rho in (0.9, 0.0):
        spread = np.array([0.4, 0.5])
        covariance = np.outer(spread, spread) * np.array([[1, rho], [rho, 1]])
        result = function(mean, covariance, k, n)
        expect(
            isinstance(result, tuple | list | np.ndarray) and len(result) == 3,
            "not-three-numbers",
            saw=f"distance_with_error(...) is {type(result).__name__}",
            expected="three numbers: (mean, standard deviation, share above)",
        )
        expect(
            not any(isinstance(part, float) and np.isnan(part) for part in result),
            "logarithms-passed",
            saw="distance_with_error(...) gives NaN",
            expected="three numbers",
            why="Did you pass logarithms to decades_above, which takes barrer? Draws are log10 P, "
            "so the permeability is 10 to their power.",
        )
        distance, error, chance = (
            expect_number(part, f"distance_with_error(...)[{place}]")
            for place, part in enumerate(result)
        )
        weight = np.array([1 - 1 / n, -1.0])
        right = float(weight @ mean + np.log10(k) / n)
        bar = float(np.sqrt(weight @ covariance @ weight))
        independent = float(np.sqrt(weight**2 @ np.diag(covariance)))
        naive = np.exp(mean)
        wrong = float(np.log10(naive) @ weight + np.log10(k) / n)
        expect(
            not np.isclose(distance, wrong, atol=0.02),
            "natural-exponential",
            saw="draws turned into barrer with e to the power",
            expected="10 to the power: the draws are log10",
        )
        expect(
            np.isclose(distance, right, atol=0.03),
            "other-distance",
            saw=f"{distance:.2f} decades for mean log10 P of {mean.tolist()}",
            expected=f"{right:.2f}",
            why="decades_above takes permeabilities in barrer, the faster gas first.",
        )
        expect(
            rho == 0 or not np.isclose(error, independent, rtol=0.05),
            "independent",
            saw="the error bar of two gases that err independently",
            expected="pairs drawn with the whole covariance",
            why="If the polymer is looser than we think, both gases are faster. Their ratio, and "
            "the distance to the line, is known better than each of them.",
        )
        expect(
            not np.isclose(error, bar / np.sqrt(20_000), rtol=0.1),
            "error-of-the-mean",
            saw="the spread divided by the root of the number of draws",
            expected="the spread itself",
            why="More draws do not teach us more about the polymer.",
        )
        expect(
            np.isclose(error, bar, rtol=0.05),
            "other-error",
            saw=f"{error:.3f} decades",
            expected=f"{bar:.3f}",
        )
        shifted = function(mean + np.array([0.0, right]), covariance, k, n)
        expect(
            0 <= chance <= 1 and np.isclose(shifted[2], 0.5, atol=0.03),
            "other-chance",
            saw=f"{shifted[2]:.2f} for a polymer whose mean lies on the line",
            expected="0.5: half of the draws are above",
        )
        high = function(mean - np.array([0.0, 10 * bar]), covariance, k, n)
        expect(
            high[2] > 0.5,
            "below",
            saw=f"a chance of {high[2]:.2f} for a polymer far above the line",
            expected="the share of draws above the line",
        )


@questions.written(
    "q14",
    title="The ceiling and the model card",
    points=4,
    minutes=14,
    in_parts=True,
    hints=(
        "A perfect model predicts the truth. What is then the mean square of measured minus "
        "predicted?",
        "It is the mean square of the noise, floor². R² is 1 minus that over the variance of y.",
        '`1 - floor["CO2"] ** 2 / np.var(y)`. For the text: what for, which error, which split, '
        "where not, and what differs between the two tables?",
    ),
    insight="A score above the ceiling is not a better model. It is a sign that the test shares "
    "something with the training: a hand, a laboratory, a habit.",
    rubric=(
        "what the model is for: dense films of homopolymers with a repeat unit, pure gases",
        "the error with its number, as decades or R² and as a factor, and the split that it "
        "belongs to (by polymer; by family it is much worse)",
        "where not to trust it: polymers flagged as far, new families, selectivities; films whose "
        "crystallinity, age, humidity or temperature differ",
        "why the error can be below the other table's floor: more laboratories, films and "
        "conditions there; ours was curated by fewer hands, with one value for most polymers",
    ),
)
def check_card(r2_ceiling, answer_q14, y, floor):
    targets = np.asarray(y)
    if _is_done(r2_ceiling):
        value = expect_number(r2_ceiling, "r2_ceiling")
        right = 1 - floor["CO2"] ** 2 / np.var(targets)
        expect(
            not np.isclose(value, 1 - right, rtol=1e-3),
            "noise-share",
            saw=f"{value:.2f}, the part of the spread that is noise",
            expected="1 minus that part",
        )
        expect(
            not np.isclose(value, 1 - floor["CO2"] / np.std(targets), rtol=1e-3),
            "not-squared",
            saw=f"{value:.2f}, from the ratio of the spreads",
            expected="squares: R² compares mean squares",
        )
        expect(
            not np.isclose(value, 1 - floor["CO2"], rtol=1e-3)
            and not np.isclose(value, 1 - floor["CO2"] ** 2, rtol=1e-3),
            "not-divided",
            saw=f"{value:.2f}",
            expected="the noise compared with the variance of y",
        )
        added = np.var(targets) / (np.var(targets) + floor["CO2"] ** 2)
        expect(
            not np.isclose(value, added, rtol=1e-3),
            "noise-added",
            saw=f"{value:.3f}, from var(y) with the noise added to it",
            expected="the noise compared with var(y) as it is",
            why="y are measured values, so var(y) already contains the noise.",
        )
        expect(
            np.isclose(value, right, atol=0.003),
            "other-ceiling",
            saw=f"{value:.3f}",
            expected="1 - noise² / var(y)",
        )
    _expect_all_parts(r2_ceiling=r2_ceiling)
    expect(
        _is_done(answer_q14) and str(answer_q14).strip(),
        "part-missing",
        saw="no `answer_q14` yet; the number is right",
        expected="five to eight sentences for a chemist",
    )
    expect_text(answer_q14, "answer_q14", words=50, points={})
