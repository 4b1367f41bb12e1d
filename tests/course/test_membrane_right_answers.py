"""Right answers to the membrane EdEx in other styles, and mistakes that get a hint of their own."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from edex.checks import Todo, judge, load_questions
from edex.course import find_edex
from edex.datasets import load_gas_permeability, load_helium
from edex.errors import InputError
from edex.learn.splits import grouped_folds
from edex.membranes import canonical_repeat_unit

QUESTIONS = load_questions(find_edex("membrane-permeability").checks)
GASES = ["He", "H2", "O2", "N2", "CO2", "CH4"]
START = """
import math
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
seed = 0
"""


@cache
def measured():
    """Return the table of the lesson with canonical names, and one row for each polymer."""

    def name_of(smiles):
        try:
            return canonical_repeat_unit(smiles)
        except InputError:
            return None

    helium = load_helium()[["smiles", "He"]]
    raw = pd.concat([load_gas_permeability(), helium], ignore_index=True)[["smiles", *GASES]]
    raw["polymer"] = raw["smiles"].map(name_of)
    polymers = np.log10(raw[GASES]).groupby(raw["polymer"]).median()
    return raw, polymers


def run(question, code="", **given):
    """Judge an answer given as code, as values, or as both."""
    namespace = dict(given)
    exec(START + code, namespace)
    return judge(QUESTIONS[question], namespace)


RIGHT = {
    "q5, by scikit-learn": (
        "q5",
        "def score(measured, predicted):\n"
        "    return r2_score(measured, predicted), mean_squared_error(measured, predicted) ** 0.5\n"
        "def factor_of(decades):\n    return np.power(10.0, decades)",
    ),
    "q7, with products and a loop": (
        "q7",
        "def tanimoto(a, b):\n"
        "    common = a @ b\n"
        "    return common / (a.sum() + b.sum() - common)\n"
        "def min_max(a, b):\n"
        "    return sum(min(i, j) for i, j in zip(a, b)) / sum(max(i, j) for i, j in zip(a, b))",
    ),
    "q7, by the norm of the difference": (
        "q7",
        "def min_max(a, b):\n"
        "    apart = np.abs(a - b).sum()\n"
        "    return (a.sum() + b.sum() - apart) / (a.sum() + b.sum() + apart)\n"
        "tanimoto = min_max",
    ),
    "q8, with a loop and a Counter": (
        "q8",
        "from collections import Counter\n"
        "def fold_bits(bits, n):\n"
        "    folded = np.zeros((len(bits), n))\n"
        "    for row, bit in np.argwhere(bits):\n        folded[row, bit % n] = 1\n"
        "    return folded\n"
        "def n_lookalikes(bits):\n"
        "    copies = Counter(map(tuple, bits))\n"
        "    return sum(copy for copy in copies.values() if copy > 1)",
    ),
    "q8, with slices and pandas": (
        "q8",
        "def fold_bits(bits, n):\n"
        "    starts = range(0, bits.shape[1], n)\n"
        "    return (sum(bits[:, s : s + n] for s in starts) > 0).astype(int)\n"
        "def n_lookalikes(bits):\n    return pd.DataFrame(bits).duplicated(keep=False).sum()",
    ),
    "q12, in NumPy": (
        "q12",
        "def keep_known(table, kept):\n    return table[kept].reindex(columns=table.columns)\n"
        "def coverage(measured, low, high):\n"
        "    known = ~np.isnan(measured)\n"
        "    return np.mean((low[known] <= measured[known]) & (measured[known] <= high[known]))",
    ),
}


@pytest.mark.parametrize(("question", "code"), RIGHT.values(), ids=list(RIGHT))
def test_another_style_of_a_right_answer_passes(question, code):
    verdict = run(question, code)
    assert verdict.status == "passed", verdict


def test_the_distance_may_be_written_in_another_form():
    raw, _ = measured()
    code = (
        "def decades_above(p_fast, p_slow, k, n):\n"
        "    return np.log10((p_fast / p_slow) / (p_fast / k) ** (1 / n))\n"
        "n_above = sum(decades_above(raw['CO2'], raw['CH4'], 5369140, -2.636) > 0)"
    )
    assert run("q1", code, raw=raw).status == "passed"


@pytest.mark.parametrize(
    "units",
    [
        {"PVC": "*C(Cl)C*", "PDMS": "*[Si](C)(C)O*", "PET": "*C(=O)c1ccc(C(=O)OCCO*)cc1"},
        {"PVC": "ClC(*)C*", "PDMS": "C[Si](*)(C)O*", "PET": "*COC(=O)c1ccc(cc1)C(=O)OC*"},
        {"PVC": "[*:1]CC([*:2])Cl", "PDMS": "*O[Si](C)(C)O[Si](C)(C)*", "PET": "O(*)CCOC(=O)c1ccc"
         "(cc1)C(*)=O"},
    ],
)  # fmt: skip
def test_a_polymer_may_be_cut_and_read_in_any_way(units):
    assert run("q2", my_units=units).status == "passed"


@pytest.mark.parametrize(
    ("name", "text", "finding"),
    [
        ("PDMS", "*[Si](C)(C)*", "no-oxygen"),
        ("PDMS", "*O[Si]*", "no-methyl"),
        ("PDMS", "*OC(C)(C)*", "carbon-for-silicon"),
        ("PET", "*OCCOC(=O)c1ccccc1C(=O)*", "ortho"),
        ("PET", "*OCCOC(=O)C1CCC(CC1)C(=O)*", "not-aromatic"),
        ("PVC", "*CC*", "other-polymer"),
        ("PVC", "*CCCl", "no-repeat-unit"),
        ("PVC", "*CC(*", "no-repeat-unit"),
        ("PVC", 3, "not-a-text"),
    ],
)
def test_a_near_miss_of_a_polymer_is_named(name, text, finding):
    right = {"PVC": "*CC(*)Cl", "PDMS": "*O[Si](C)(C)*", "PET": "*OCCOC(=O)c1ccc(cc1)C(=O)*"}
    assert run("q2", my_units={**right, name: text}).finding == finding


@pytest.mark.parametrize("units", [["*CC(*)Cl"], "*CC(*)Cl"])
def test_a_list_of_polymers_is_told_the_form(units):
    verdict = run("q2", my_units=units)
    assert verdict.finding == "not-a-dictionary"
    assert '{"PVC"' in verdict.expected


def test_a_pivot_and_a_mean_of_two_logarithms_are_right_too():
    raw, _ = measured()
    code = """
table = raw[raw["polymer"].notna()]
polymers = table.assign(**np.log10(table[gases])).groupby("polymer")[gases].agg("median")
"""
    assert run("q3", code, raw=raw, gases=GASES).status == "passed"


@pytest.mark.parametrize(
    ("code", "finding"),
    [
        ("polymers = polymers.reset_index()", "index"),
        ("polymers = polymers.reset_index(drop=True)", "index"),
        ("polymers = pd.concat([polymers, polymers.iloc[:3]])", "twins"),
        ("polymers = np.log(10) * polymers", "natural-logarithm"),
        ("polymers = polymers[['O2', 'N2']]", "missing-columns"),
        ("polymers = polymers + 0.1", "other-values"),
    ],
)
def test_a_table_that_is_not_merged_right_is_told_why(code, finding):
    raw, polymers = measured()
    verdict = run("q3", code, raw=raw, gases=GASES, polymers=polymers)
    assert verdict.finding == finding


def test_the_line_may_come_from_scipy_and_suspects_from_a_query():
    _, polymers = measured()
    code = """
from scipy.stats import linregress
both = polymers[["CO2", "CH4"]].dropna()
line = linregress(both["CO2"], both["CH4"])
residual = both["CH4"] - line.intercept - line.slope * both["CO2"]
suspects = residual.loc[[name for name, r in residual.items() if abs(r) > 1]]
worst = residual.abs().sort_values().index[-1]
slip_factor = 1000
"""
    assert run("q4", code, polymers=polymers).status == "passed"


def first_models(code):
    rng = np.random.default_rng(1)
    descriptors = rng.normal(size=(60, 3))
    y = descriptors @ [1.0, -2.0, 0.5] + rng.normal(0, 0.4, 60)
    folds = grouped_folds(np.arange(60), 4)
    return run("q6", code, descriptors=descriptors, y=y, folds=folds)


def test_the_first_models_may_be_written_as_loops():
    code = """
linear_model = Pipeline([("scale", StandardScaler()), ("line", LinearRegression())])
mean_predictions, linear_predictions = np.empty(60), np.empty(60)
for train, test in folds:
    mean_predictions[test] = y[train].mean()
    fresh = clone(linear_model).fit(descriptors[train], y[train])
    linear_predictions[test] = fresh.predict(descriptors[test])
"""
    assert first_models(code).status == "passed"


def test_missing_parts_are_named_and_what_is_there_is_judged():
    code = "linear_model = linear_predictions = blank\nmean_predictions = np.full(60, y.mean())"
    descriptors = np.random.default_rng(1).normal(size=(60, 3))
    given = {"descriptors": descriptors, "y": descriptors[:, 0], "blank": Todo("q6")}
    folds = grouped_folds(np.arange(60), 4)
    assert run("q6", code, folds=folds, **given).finding == "mean-of-all"
    code = code.replace("np.full(60, y.mean())", "np.empty(60)") + (
        "\nfor train, test in folds:\n    mean_predictions[test] = y[train].mean()"
    )
    verdict = run("q6", code, folds=folds, **given)
    assert verdict.finding == "part-missing"
    assert "`linear_model`, `linear_predictions`" in verdict.saw


def test_the_gain_may_be_a_difference_of_two_r2_and_the_spread_that_of_pandas():
    code = """
def gain_in_r2(y, first, second):
    gain = r2_score(y, second) - r2_score(y, first)
    d = pd.Series((y - first) ** 2 - (y - second) ** 2) / np.var(y)
    return np.array([gain, d.sem()])
def verdict_of(gain, error):
    return ["worse", "undecided", "better"][int(gain > 2 * error) - int(gain < -2 * error) + 1]
verdict = {"linear": "worse", "trees": "better"}
"""
    rng = np.random.default_rng(2)
    y = rng.normal(0, 1, 200)
    scatter = {"linear": 1.0, "support vectors, paths": 0.5, "trees": 0.1}
    predictions = {name: y + rng.normal(0, size, 200) for name, size in scatter.items()}
    verdict = run("q9", code, predictions=predictions, ladder=dict.fromkeys(scatter), y=y)
    assert verdict.status == "passed", verdict


RULE = "def verdict_of(gain, error):\n    return {}"


def compared(code):
    rng = np.random.default_rng(2)
    y = rng.normal(0, 1, 200)
    scatter = {"linear": 1.0, "support vectors, paths": 0.5, "trees": 0.1}
    predictions = {name: y + rng.normal(0, size, 200) for name, size in scatter.items()}
    given = {"predictions": predictions, "ladder": dict.fromkeys(scatter), "y": y}
    parts = dict.fromkeys(("gain_in_r2", "verdict_of", "verdict"), Todo("q9"))
    return run("q9", code, **given, **parts)


@pytest.mark.parametrize(
    ("code", "finding"),
    [
        (RULE.format("'worse' if gain < 0 else 'better'"), "too-soon"),
        (
            RULE.format("'undecided' if abs(gain) < error else 'better' if gain > 0 else 'worse'"),
            "too-soon",
        ),
        (RULE.format("'undecided' if abs(gain) < 0.02 else 'better'"), "sign"),
        (RULE.format("'undecided' if gain < 2 * error else 'better'"), "too-late"),
        (RULE.format("'undecided' if abs(gain) < 3 * error else 'worse'"), "sign"),
        (RULE.format("gain > 2 * error"), "not-a-verdict"),
        ("verdict = {'linear': 'worse'}", "not-every-model"),
        ("verdict = {'linear': 'worse', 'support vectors, paths': 'undecided'}", "with-itself"),
        ("verdict = {'linear': 'worse', 'trees': 'better', 'mean': 'worse'}", "unknown-model"),
    ],
)
def test_a_rule_and_its_verdicts_are_judged_apart(code, finding):
    assert compared(code).finding == finding


@cache
def ensembles():
    """Return counts and targets of made-up polymers, with the parts of a first fold."""
    rng = np.random.default_rng(3)
    kinds = rng.poisson(1.0, (30, 60))
    counts = (kinds[rng.integers(30, size=240)] + rng.poisson(0.3, (240, 60))).astype(float)
    y = counts[:, :12] @ rng.normal(0, 0.5, 12) + rng.normal(0, 0.3, 240)
    train, test = grouped_folds(np.arange(240), 5)[0]
    return {"counts": counts, "paths": (counts > 0) * 1.0, "y": y, "train": train, "test": test}


BAGGED = """
from sklearn.svm import SVR
from edex.membranes import min_max_kernel
model = SVR(kernel=min_max_kernel, C=10)
everything = np.arange(len(y))
rng = np.random.default_rng()
def bagged(model, X, y, pool, test, n_members):
    draws = [rng.choice(pool, len(pool)) for _ in range(n_members)]
    return np.mean([clone(model).fit(X[d], y[d]).predict(X[test]) for d in draws], axis=0)
honest = bagged(model, counts, y, train, test, n_members)
leaked = bagged(model, counts, y, everything, test, n_members)
seen_share = 1 - (1 - 1 / len(y)) ** len(y)
"""


@pytest.mark.parametrize("n_members", [4, 16])
def test_an_ensemble_passes_whatever_its_draws(n_members):
    for _ in range(3):
        verdict = run("q10", BAGGED, n_members=n_members, **ensembles())
        assert verdict.status == "passed", verdict


@pytest.mark.parametrize(
    ("code", "finding"),
    [
        ("leaked = bagged(model, counts, y, test, test, n_members)", "pool-of-test"),
        ("honest = bagged(model, paths, y, train, test, n_members)", "paths"),
        ("seen_share = 1 - (1 - 1 / len(y)) ** (len(y) * n_members)", "all-draws"),
        ("seen_share = len(test) / len(y)", "share-of-test"),
        ("seen_share = math.exp(-1)", "not-seen"),
    ],
)
def test_an_ensemble_of_another_recipe_is_recognised(code, finding):
    verdict = run("q10", BAGGED + code, n_members=16, **ensembles())
    assert verdict.finding == finding, verdict


@pytest.mark.parametrize(
    ("question", "code", "finding", "words"),
    [
        ("q5", "factor_of = lambda d: 10 ** abs(d)", "other-factor", "factor_of(-0.301)"),
        ("q7", "def min_max(a, b):\n    return 0.3", "other-min-max", "min_max(a, b)"),
        ("q8", "def fold_bits(bits, n):\n    return bits[:, -n:]", "other-fold", "(bits, 64)"),
        (
            "q12",
            "def coverage(m, low, high):\n"
            "    return 100 * np.mean(((low <= m) & (m <= high))[np.isfinite(m)])",
            "percent",
            "coverage",
        ),
    ],
)
def test_feedback_names_the_function_and_what_it_was_given(question, code, finding, words):
    names = QUESTIONS[question].answers
    verdict = run(question, code, **dict.fromkeys(names, Todo(question)))
    assert verdict.finding == finding
    assert words in verdict.saw


def test_whatever_folds_exactly_2048_bits_is_enough():
    code = (
        "def fold_bits(bits, n):\n"
        "    folded = np.zeros((len(bits), n))\n"
        "    for j in range(2048):\n"
        "        folded[:, j % n] = np.maximum(folded[:, j % n], bits[:, j])\n"
        "    return folded\n"
        "def n_lookalikes(bits):\n    return pd.DataFrame(bits).duplicated(keep=False).sum()"
    )
    assert run("q8", code).status == "passed"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("*OCCOC(O)c1ccc(cc1)C(=O)*", "a C(O) where a C(=O) should be"),
        ("*OCCOOC(=O)c1ccc(cc1)C(=O)*", "1 O too many"),
        ("*OCOC(=O)c1ccc(cc1)C(=O)*", "1 C and 2 H too few"),
        ("*OC(C)OC(=O)c1ccc(cc1)C(=O)*", "bonded in another order"),
    ],
)
def test_another_polymer_is_compared_atom_by_atom(text, words):
    units = {"PVC": "*CC(*)Cl", "PDMS": "*O[Si](C)(C)*", "PET": text}
    assert words in run("q2", my_units=units).saw


def test_math_log10_is_told_of_columns_and_a_wrong_count_not_of_the_right_one():
    raw, _ = measured()
    code = (
        "def decades_above(p_fast, p_slow, k, n):\n"
        "    return {0}.log10(p_fast / p_slow) - ({0}.log10(p_fast) - {0}.log10(k)) / n\n"
        "n_above = 17"
    )
    assert "np.log10" in run("q1", code.format("math"), raw=raw).expected
    verdict = run("q1", code.format("np"), raw=raw)
    assert verdict.finding == "other-count"
    assert not any(sign.isdigit() and sign not in "24" for sign in verdict.expected)


def test_who_drops_polymers_without_one_gas_is_told_which():
    raw, polymers = measured()
    kept = polymers.dropna(subset=["CO2"])
    verdict = run("q3", raw=raw, gases=GASES, polymers=kept)
    assert verdict.finding == "polymers-lost"
    assert f"{len(polymers) - len(kept)} too few" in verdict.saw
    assert "lack CO2" in verdict.saw
    all_but_few = run("q3", raw=raw, gases=GASES, polymers=polymers.iloc[5:])
    assert "5 too few" in all_but_few.saw
    assert "lack" not in all_but_few.saw


@pytest.mark.parametrize(
    ("code", "finding"),
    [
        ("slip_factor = 1 / 1000", "smaller-than-one"),
        ("slip_factor = 100", "other-factor"),
        ("suspects = residual[residual.abs() > 1].index", "not-a-series"),
        ("suspects = polymers.loc[residual.index[residual.abs() > 1], 'CH4']", "other-values"),
    ],
)
def test_a_slip_is_a_factor_above_one_and_a_suspect_has_a_residual(code, finding):
    _, polymers = measured()
    start = """
both = polymers[["CO2", "CH4"]].dropna()
slope, intercept = np.polyfit(both["CO2"], both["CH4"], 1)
residual = both["CH4"] - slope * both["CO2"] - intercept
"""
    given = dict.fromkeys(("suspects", "worst", "slip_factor"), Todo("q4"))
    assert run("q4", start + code, polymers=polymers, **given).finding == finding


@pytest.mark.parametrize("cv", ["4", "5", "None"])
def test_predictions_of_other_folds_are_named(cv):
    code = (
        "from sklearn.model_selection import cross_val_predict\n"
        "linear_model = Pipeline([('scale', StandardScaler()), ('line', LinearRegression())])\n"
        f"linear_predictions = cross_val_predict(linear_model, descriptors, y, cv={cv})\n"
        "mean_predictions = np.full(len(y), 0.0)\n"
        "for train, test in folds:\n    mean_predictions[test] = y[train].mean()"
    )
    verdict = first_models(code)
    assert verdict.finding == "cv-number"
    assert "`linear_predictions`" in verdict.saw
    assert "cv=folds" in verdict.expected


@pytest.mark.parametrize("as_type", ["list", "tuple", "np.array"])
def test_logarithms_handed_to_decades_above_are_recognised(as_type):
    _, polymers = measured()
    code = f"""
def distance_with_error(mean, covariance, k, n):
    draws = np.random.default_rng(0).multivariate_normal(mean, covariance, size=20_000)
    log_alpha = np.log10(draws[:, 0]) - np.log10(draws[:, 1])
    distances = log_alpha - (np.log10(draws[:, 0]) - np.log10(k)) / n
    return {as_type}([distances.mean(), distances.std(), (distances > 0).mean()])
"""
    with np.errstate(invalid="ignore"):
        verdict = run("q13", code, polymers=polymers, my_membranes=Todo("q13"))
    assert verdict.finding == "logarithms-passed"


def test_noise_added_to_a_variance_that_contains_it_is_explained():
    y = np.random.default_rng(0).normal(0, 1.2, 300)
    ceiling = y.var() / (y.var() + 0.46**2)
    verdict = run("q14", r2_ceiling=ceiling, answer_q14=Todo("q14"), y=y, floor={"CO2": 0.46})
    assert "already contains the noise" in verdict.why


@pytest.mark.parametrize(
    ("code", "finding"),
    [
        ("my_membranes = '*CC*'", "not-a-list"),
        ("my_membranes = ['*CC*', 'CC']", "no-repeat-unit"),
        ("my_membranes = ['*CC(*)C(F)(F)F', '*CC*']", "not-three"),
        ("my_membranes = ['*CC(*)C(F)(F)F', '*CC*', '*CCO*']", ""),
    ],
)
def test_own_membranes_are_read_with_care(code, finding):
    _, polymers = measured()
    code += """
def distance_with_error(mean, covariance, k, n):
    weight = np.array([1 - 1 / n, -1])
    distance = weight @ mean + np.log10(k) / n
    error = math.sqrt(weight @ covariance @ weight)
    return [distance, error, 0.5 + 0.5 * math.erf(distance / error / math.sqrt(2))]
"""
    assert run("q13", code, polymers=polymers).finding == finding


def test_a_card_without_its_number_is_asked_for_it():
    text = "This model predicts permeability within a factor of three. " * 8
    given = {"y": np.random.default_rng(0).normal(0, 1.2, 300), "floor": {"CO2": 0.46}}
    verdict = run("q14", r2_ceiling=Todo("q14"), answer_q14=text, **given)
    assert verdict.finding == "part-missing"
    ceiling = 1 - 0.46**2 / given["y"].var()
    verdict = run("q14", r2_ceiling=ceiling, answer_q14=Todo("q14"), **given)
    assert "the number is right" in verdict.saw
    assert run("q14", r2_ceiling=ceiling, answer_q14=text, **given).status == "passed"
