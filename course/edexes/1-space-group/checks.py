"""Checks and hints of the EdEx "space-group".

Each check tests what must be true of a right answer: integer multiples, limits, disjoint groups, an
independent recomputation on numbers of its own. No number of an earlier run is stored here.
"""

import copy

import numpy as np
from scipy.special import softmax as reference_softmax
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from edex.checks import (
    Questions,
    Todo,
    expect,
    expect_array,
    expect_estimator,
    expect_function,
    expect_number,
    expect_text,
    fresh_generator,
)
from edex.spacegroup.classes import CLASSES

questions = Questions("space-group")
N_CLASSES = len(CLASSES)


def _number(count, noun):
    """Write a number with its noun: 1 crystal, 2 crystals."""
    return f"{count} {noun}{'s' * (count != 1)}"


def _dictionary(value, name, form):
    """Expect a dictionary, and show its form to whoever gives something else."""
    if value is None or isinstance(value, Todo):
        expect_array(value, name)
    expect(
        isinstance(value, dict),
        "not-a-dictionary",
        saw=f"`{name}` is a {type(value).__name__}",
        expected=f"a dictionary, of the form {form}",
    )
    return value


def _expect_all_parts(**parts):
    """Name the parts of an answer that are still to do; what is there has been judged."""
    missing = [f"`{name}`" for name, value in parts.items() if isinstance(value, Todo)]
    expect(
        not missing,
        "part-missing",
        saw=f"nothing yet in {', '.join(missing)}; what is there is right",
        expected="all parts of the question",
    )


def _is_done(value):
    """Whether a part of an answer is there to be judged."""
    return not isinstance(value, Todo)


@questions.code(
    "q1",
    title="Count the neighbours",
    points=3,
    minutes=8,
    hints=(
        "Stand on the atom at the origin. Which atoms can you see within r_max, and in how many "
        "cells around yours do they sit?",
        "Shift the four atoms by every whole number of cells from −n to n along x, y and z, with "
        "n·a larger than r_max. Then take the length of each position, leave out 0, and count "
        "equal lengths.",
        "`steps = np.arange(-n, n + 1)`; all shifts from `np.meshgrid(steps, steps, steps)` as "
        "rows; `positions = a * shifts[:, None, :] + atoms`; lengths with "
        "`np.linalg.norm(..., axis=-1)`; then round, select, and `np.unique`.",
    ),
    insight="Twelve neighbours at a/√2, six at a, 24 at a√(3/2): a crystal in three numbers. "
    "The list of distances is all that a powder tells.",
)
def check_shells(fcc_shells):
    function = expect_function(fcc_shells, "fcc_shells")
    a = float(fresh_generator().uniform(3.2, 4.8))
    r_max = 3.3 * a
    distances, numbers = _two_arrays(function(a, r_max), "fcc_shells(a, r_max)")
    expect(
        len(distances) > 0 and distances.min() > 0.01,
        "itself",
        saw="the distance 0",
        expected="other atoms only; the shortest distance is a/√2",
        why="At r = 0 there is the atom itself. It is no neighbour.",
    )
    expect(
        np.diff(np.sort(distances)).min(initial=1.0) > 1e-3,
        "not-merged",
        saw="the same distance several times, up to the last digits",
        expected="each distance once: round before counting",
        why="Computers round √2 in different ways. Equal on paper is not equal in bits.",
    )
    expect(
        (np.diff(distances) > 0).all(),
        "not-ascending",
        saw="distances that are not in ascending order",
        expected="the shortest distance first",
    )
    expect(
        distances.max() <= r_max + 1e-4,
        "too-far",
        saw=f"distances up to {distances.max():.2f} Å for r_max = {r_max:.2f} Å",
        expected="distances up to r_max only",
    )
    expect(
        not np.isclose(distances[0], a, rtol=1e-3),
        "corners-only",
        saw="a shortest distance of a",
        expected="a/√2, to the atoms in the middle of the faces",
        why="Counting only the corners of the cubes gives a simple cubic crystal.",
    )
    expect(
        np.isclose(distances[0], a / np.sqrt(2), rtol=1e-3),
        "other-first-distance",
        saw=f"a shortest distance of {distances[0] / a:.4f} a",
        expected="a/√2 = 0.7071 a",
    )
    expect(
        distances.max() > 1.3 * a,
        "one-cell",
        saw=f"no distance beyond {distances.max() / a:.2f} a",
        expected=f"distances up to r_max = {r_max / a:.1f} a, and so atoms of other cells",
        why="A crystal does not end at the border of its unit cell.",
    )
    expect(
        numbers[0] != 48,
        "all-atoms",
        saw="48 nearest neighbours",
        expected="12: those of one atom",
        why="Counting around all four atoms of the cell gives four times as many.",
    )
    wanted_distances, wanted_numbers = _fcc_reference(a, r_max)
    first = min(3, len(numbers))
    expect(
        len(numbers) >= first and np.array_equal(numbers[:first], wanted_numbers[:first]),
        "other-neighbours",
        saw=f"{', '.join(str(int(n)) for n in numbers[:first])} atoms in the first shells",
        expected="12, 6, 24",
        why="In a close packing of spheres every sphere touches twelve others.",
    )
    is_complete = len(distances) == len(wanted_distances) and np.array_equal(
        numbers, wanted_numbers
    )
    expect(
        is_complete,
        "cells-missing",
        saw=f"{int(numbers.sum())} atoms in {_number(len(distances), 'shell')} up to 3.3 a",
        expected=f"{int(wanted_numbers.sum())} atoms in {len(wanted_distances)} shells",
        why="Cells in the corners of your block count too: it must reach further than r_max in "
        "every direction.",
    )
    _, many = _two_arrays(function(a, 6.3 * a), "fcc_shells(a, 6.3 a)")
    _, wanted_many = _fcc_reference(a, 6.3 * a)
    expect(
        np.array_equal(many, wanted_many),
        "fixed-block",
        saw=f"{int(many.sum())} atoms up to 6.3 a, although all up to 3.3 a are there",
        expected=f"{int(wanted_many.sum())} atoms: a number of cells that grows with r_max / a",
        why="A block of fixed size is large enough only for some r_max.",
    )
    edge, _ = _two_arrays(function(4.0, 4.0), "fcc_shells(4, 4)")
    expect(
        len(edge) == 2,
        "end-excluded",
        saw=f"{_number(len(edge), 'shell')} up to 4 Å for a = 4 Å",
        expected="2: the shell at r_max itself counts",
    )


def _two_arrays(result, name):
    """Expect two one-dimensional arrays of one length."""
    if result is None or isinstance(result, Todo):
        expect_array(result, name)
    expect(
        isinstance(result, tuple | list | np.ndarray) and len(result) == 2,
        "not-two-arrays",
        saw=f"`{name}` gives a {type(result).__name__}",
        expected="two arrays: distances, and how many atoms are at each",
    )
    distances = expect_array(result[0], f"{name}[0]", shape=(None,), of="distances in Å")
    numbers = expect_array(
        result[1], f"{name}[1]", shape=(len(distances),), of="numbers of atoms, one a distance"
    )
    return distances, numbers


def _fcc_reference(a, r_max):
    """Count integer vectors with an even sum: the fcc lattice in units of a/2."""
    reach = int(2 * r_max / a) + 2
    h, k, m = np.meshgrid(*3 * [np.arange(-reach, reach + 1)])
    squares = (h**2 + k**2 + m**2)[(h + k + m) % 2 == 0]
    squares = squares[(squares > 0) & (squares <= (2 * r_max / a) ** 2 + 1e-9)]
    values, numbers = np.unique(squares, return_counts=True)
    return a / 2 * np.sqrt(values), numbers


@questions.code(
    "q2",
    title="Measure nickel",
    points=2,
    minutes=6,
    in_parts=True,
    hints=(
        "The first peak is not the highest one. Which part of the curve holds only the first?",
        "Select the points between 2 and 3 Å with a mask, and find the largest G among them. "
        "What is the first distance of `fcc_shells`, in units of a?",
        "`is_first = (r_measured > 2) & (r_measured < 3)`; then `.argmax()` among "
        "`G_measured[is_first]`. Nearest neighbours are a/√2 apart, so a = √2 · first_peak.",
    ),
    insight="You have measured the size of a crystal's cell with one peak and Pythagoras.",
)
def check_nickel(first_peak, lattice_parameter, r_measured, G_measured):
    peak = expect_number(first_peak, "first_peak", unit="Å")
    distances, curve = np.asarray(r_measured), np.asarray(G_measured)
    highest = distances[np.where(distances > 2, curve, -np.inf).argmax()]
    is_first = (distances > 2) & (distances < 3)
    place = distances[is_first][curve[is_first].argmax()]
    expect(
        abs(highest - place) < 0.1 or abs(peak - highest) > 0.05,
        "highest-not-first",
        saw=f"the highest peak of the curve, at {peak:.2f} Å",
        expected="the first peak, between 2 and 3 Å",
        why="The height of a peak follows the number of atoms in the shell, divided by r. Some "
        "shells further out hold so many atoms that they win.",
    )
    expect(
        peak >= 2,
        "noise",
        saw=f"a peak at {peak:.2f} Å",
        expected="a distance between 2 and 3 Å",
        why="Atoms do not come that close. If you used a mask, apply it to r_measured as well: "
        "argmax counts from the start of what it is given.",
    )
    expect(
        peak < 20 and abs(peak - place) < 0.5,
        "not-a-distance",
        saw=f"{peak:g}",
        expected="the distance in Å where G is largest between 2 and 3 Å",
        why="`argmax` gives a place in the array; the distance stands in `r_measured` there.",
    )
    expect(
        abs(peak - place) < 0.04,
        "other-place",
        saw=f"{peak:.3f} Å",
        expected=f"the top of the first peak, near {place:.2f} Å",
    )
    _expect_all_parts(lattice_parameter=lattice_parameter)
    a = expect_number(lattice_parameter, "lattice_parameter", unit="Å")
    expect(
        not np.isclose(a, peak, rtol=0.01),
        "edge-is-not-bond",
        saw=f"a = {a:.2f} Å, the distance of nearest neighbours itself",
        expected="the edge of the cubic cell",
        why="Atoms touch along the diagonal of a face, and that diagonal is two distances long.",
    )
    expect(
        not np.isclose(a, 2 * peak, rtol=0.01),
        "diagonal",
        saw=f"a = {a:.2f} Å, twice the distance",
        expected="the edge of the cube",
        why="Two distances make the diagonal of a face. The edge is shorter by √2.",
    )
    expect(
        not np.isclose(a, peak / np.sqrt(2), rtol=0.01),
        "inverted",
        saw=f"a = {a:.2f} Å, shorter than the distance of two atoms",
        expected="an edge that is longer than the distance: r = a/√2",
    )
    expect(
        np.isclose(a, np.sqrt(2) * peak, rtol=0.003),
        "other-edge",
        saw=f"a = {a:.3f} Å for a first peak at {peak:.3f} Å",
        expected="a = √2 times the distance of nearest neighbours",
    )


@questions.code(
    "q3",
    title="One-hot and softmax",
    points=3,
    minutes=8,
    hints=(
        "One-hot: compare each number with each class. Softmax: a Boltzmann factor for each class, "
        "divided by the partition function of its row.",
        "Comparing a column of shape (n, 1) with a row of shape (8,) gives a table of shape "
        "(n, 8). For softmax, subtract the largest score of each row first; `keepdims=True` keeps "
        "the shape (n, 1).",
        "`(np.asarray(numbers)[:, None] == np.array(CLASSES))`; and "
        "`weights = np.exp(scores - <row maximum>)`, divided by their sum along axis 1.",
    ),
    insight="Names have no order and no distance, and the zero of energy is yours to choose.",
)
def check_softmax(one_hot, softmax):
    encode = expect_function(one_hot, "one_hot")
    turn = expect_function(softmax, "softmax")
    numbers = np.array([225, 2, 2, 62, 139])
    _check_one_hot(encode(numbers), numbers)
    rng = fresh_generator()
    scores = rng.normal(0, 2, (5, N_CLASSES))
    _check_softmax(np.asarray(turn(scores.copy()), dtype=float), scores)
    for name, result in (("one_hot", encode(numbers)), ("softmax", turn(scores.copy()))):
        expect(
            isinstance(result, np.ndarray),
            "not-an-array",
            saw=f"a {type(result).__name__} from `{name}`; its numbers are right",
            expected="a NumPy array: np.array(...) around the result",
            why="Later cells calculate with it, and Keras takes no lists of lists.",
        )
    with np.errstate(all="ignore"):
        for name, extreme in (
            ("overflow", 1000 + 3 * scores),
            ("underflow", np.array([-2000, 900])[:, None] + scores[:2]),
        ):
            found = np.asarray(turn(extreme.copy()), dtype=float)
            is_fine = np.isfinite(found).all() and np.allclose(
                found, reference_softmax(extreme, axis=1), atol=1e-8
            )
            expect(
                is_fine,
                name,
                saw=f"NaN or wrong probabilities for scores from {extreme.min():.0f} to "
                f"{extreme.max():.0f}",
                expected="probabilities that depend on differences of scores in a row only",
                why="exp(1000) is beyond the largest number a computer holds, exp(−2000) below "
                "the smallest. Subtract the largest score of each row from that row.",
            )


def _check_one_hot(result, numbers):
    array = expect_array(result, "one_hot(...)", of="zeros and ones")
    expect(
        array.ndim == 2 and len(array) == len(numbers),
        "wrong-shape",
        saw=f"the shape {array.shape} for {len(numbers)} crystals",
        expected=f"({len(numbers)}, {N_CLASSES})",
    )
    expect(
        array.shape[1] < 100,
        "raw-numbers",
        saw=f"{array.shape[1]} columns",
        expected="8, one for each class",
        why="A column for each number up to 230 would give the network 222 classes that never "
        "occur.",
    )
    expect(
        array.shape[1] != len(set(numbers.tolist())),
        "absent-classes",
        saw=f"{array.shape[1]} columns for crystals of {array.shape[1]} classes",
        expected="always 8 columns, also when a class does not occur",
        why="Otherwise the columns of two data sets would mean different things.",
    )
    expect(
        array.shape[1] == N_CLASSES,
        "wrong-shape",
        saw=f"the shape {array.shape}",
        expected=f"({len(numbers)}, {N_CLASSES})",
    )
    wanted = np.array([[number == other for other in CLASSES] for number in numbers], dtype=float)
    expect(
        np.array_equal(array.astype(float), wanted),
        "wrong-column",
        saw=f"the row {array[0].astype(float).round(2).tolist()} for 225",
        expected="a single 1, in column 6, because CLASSES[6] is 225",
    )


def _check_softmax(found, scores):
    expect(
        found.shape == scores.shape,
        "wrong-shape",
        saw=f"the shape {found.shape} for scores of shape {scores.shape}",
        expected="the same shape",
    )
    expect(
        not np.isclose(found.sum(), 1) and not np.allclose(found.sum(axis=0), 1),
        "wrong-axis",
        saw="columns (or the whole table) that add up to 1",
        expected="rows that add up to 1: each crystal has one space group",
    )
    expect(
        np.allclose(found, reference_softmax(scores, axis=1)),
        "not-softmax",
        saw=f"a first row of {found[0].round(3).tolist()}",
        expected="exp(score) divided by the sum of exp over the row",
    )


@questions.code(
    "q4",
    title="A first score",
    points=3,
    minutes=8,
    time_limit=120,
    in_parts=True,
    hints=(
        "Root mean square: square, mean along the row, root. For the two accuracies: what would "
        "each model say about the rows `random_test`?",
        "`keepdims=True` gives the shape (n, 1), by which the rows can be divided. The baseline is "
        "the share of test crystals of the class that is most common in *training*.",
        "`G / np.sqrt((G**2).mean(axis=1, keepdims=True))`; "
        "`make_pipeline(StandardScaler(), LogisticRegression(...))`, `.fit(...)` on "
        "training rows, `.score(...)` on test rows.",
    ),
    insight="Scaling each row by itself uses no other crystal, so it cannot leak; scaling columns "
    "does, so it is fitted to training rows. Now there is a number to beat.",
)
def check_first_score(
    scale_rows, logistic, baseline_accuracy, logistic_accuracy, X_real, y_real, random_train,
    random_test,
):  # fmt: skip
    _check_scaling(expect_function(scale_rows, "scale_rows"))
    if _is_done(logistic):
        _check_logistic(logistic, X_real, y_real, random_train, random_test)
    if _is_done(baseline_accuracy):
        _check_baseline(baseline_accuracy, y_real, random_train, random_test)
    if _is_done(logistic) and _is_done(logistic_accuracy):
        _check_logistic_score(
            logistic_accuracy, logistic, X_real, y_real, random_train, random_test
        )
    _expect_all_parts(
        logistic=logistic, baseline_accuracy=baseline_accuracy, logistic_accuracy=logistic_accuracy
    )


def _check_logistic(logistic, X_real, y_real, random_train, random_test):
    model = expect_estimator(logistic, "logistic")
    expect(
        isinstance(model, Pipeline),
        "no-pipeline",
        saw=f"a {type(model).__name__} alone",
        expected="one pipeline with the StandardScaler inside",
        why="A scaler outside has usually seen the test rows, and is forgotten when the model "
        "meets a new crystal.",
    )
    expect(
        hasattr(model, "classes_"),
        "not-trained",
        saw="a pipeline that was never trained",
        expected="logistic.fit(...) on the training rows",
    )
    expect(
        set(np.asarray(model.classes_).tolist()) <= set(CLASSES),
        "other-labels",
        saw=f"a model of the classes {np.asarray(model.classes_).tolist()[:8]}",
        expected="space group numbers as labels",
    )
    n_seen = _rows_seen(model)
    expect(
        n_seen is None or n_seen == len(random_train),
        "trained-on-test",
        saw=f"a scaler that has seen {n_seen} rows",
        expected=f"the {len(random_train)} training rows only",
        why="A mean over all rows knows the test rows. Here it matters little; with few rows or "
        "with a scaling by class it would matter much.",
    )
    X_test = X_real[random_test]
    fresh = clone(model).fit(X_real[random_train], y_real[random_train]).predict(X_test)
    agreement = float(np.mean(fresh == model.predict(X_test)))
    expect(
        agreement > 0.97,
        "trained-on-other-rows",
        saw=f"a model that agrees on {agreement:.0%} of the test rows with one trained on "
        "`random_train`",
        expected="training on the rows `random_train` of X_real and y_real",
    )


def _check_baseline(baseline_accuracy, y_real, random_train, random_test):
    baseline = _share(baseline_accuracy, "baseline_accuracy")
    common = _most_common(y_real[random_train])
    right = np.mean(y_real[random_test] == common)
    is_right = np.isclose(baseline, right)
    for rows, whose in ((slice(None), "all"), (random_train, "the training")):
        expect(
            is_right or not np.isclose(baseline, np.mean(y_real[rows] == common)),
            "baseline-of-other-rows",
            saw=f"{baseline:.4f}, the share of class {common} among {whose} crystals",
            expected=f"{right:.4f}, its share among the rows `random_test`",
            why="The most common class is chosen in training, and then judged like any other "
            "model: by its right answers on the test crystals. Here the two are close, because "
            "the split was stratified. With whole prototypes held out they will not be.",
        )
    expect(
        is_right,
        "other-baseline",
        saw=f"{baseline:.3f}",
        expected="the share of the most common training class among the test crystals",
        why="1/8 would be right only if all classes were equally common.",
    )


def _check_logistic_score(
    logistic_accuracy, model, X_real, y_real, random_train, random_test
):  # fmt: skip
    score = _share(logistic_accuracy, "logistic_accuracy")
    X_test, y_test = X_real[random_test], y_real[random_test]
    right = float(np.mean(model.predict(X_test) == y_test))
    in_sample = float(np.mean(model.predict(X_real[random_train]) == y_real[random_train]))
    expect(
        np.isclose(score, right) or not np.isclose(score, in_sample),
        "in-sample",
        saw=f"{score:.3f}, the share of right answers on the training rows",
        expected="the score on the rows `random_test`",
        why="What a model says about crystals it was trained on shows memory, not skill.",
    )
    expect(
        np.isclose(score, right),
        "other-score",
        saw=f"{score:.3f}",
        expected=f"{right:.3f}, the share of right answers of `logistic` on the rows `random_test`",
    )


def _share(value, name):
    """Expect a share between 0 and 1."""
    share = expect_number(value, name)
    expect(
        0 <= share <= 1,
        "not-a-share",
        saw=f"`{name}` is {share:g}",
        expected="a share between 0 and 1",
        why="A count depends on how many crystals happen to be in the test set, and a percentage "
        "needs its sign.",
    )
    return share


def _most_common(labels):
    values, counts = np.unique(labels, return_counts=True)
    return values[counts.argmax()]


def _rows_seen(model):
    """Return how many rows the scaler of a pipeline was trained on, if it tells."""
    for _, step in model.steps:
        seen = getattr(step, "n_samples_seen_", None)
        if seen is not None:
            return int(np.max(seen))
    return None


def _check_scaling(scale):
    rng = fresh_generator()
    curves = rng.normal(0.3, 1, (6, 40)) * np.array([[0.1], [1], [3], [10], [0.5], [2]])
    scaled = expect_array(scale(curves.copy()), "scale_rows(G)", shape=curves.shape, of="curves")
    expect(
        np.allclose(scale(curves[:1].copy()), scaled[:1]),
        "looks-at-others",
        saw="a curve that comes out differently when other curves are there",
        expected="each row scaled by itself",
        why="A model in use gets its curves one at a time. A scale that comes from other crystals "
        "carries them from the training data into the test data.",
    )
    expect(
        np.allclose(scale(5 * curves), scaled),
        "height-matters",
        saw="another result when the curve is multiplied by 5",
        expected="the same result: the height is what we want to forget",
    )
    rms = np.sqrt((scaled**2).mean(axis=1))
    centred = np.allclose(scaled.mean(axis=1), 0, atol=1e-9)
    expect(
        not centred,
        "mean-removed",
        saw="curves whose mean is zero",
        expected="curves divided by their root mean square, nothing subtracted",
        why="G(r) = 0 means: as many atoms as on average. That zero is physics, so it should stay "
        "where it is.",
    )
    expect(
        np.allclose(rms, 1),
        "other-scale",
        saw=f"root mean squares from {rms.min():.2f} to {rms.max():.2f}",
        expected="1 for each row",
    )


@questions.code(
    "q5",
    title="Find the twins",
    points=3,
    minutes=8,
    in_parts=True,
    hints=(
        "Pearson's correlation is a cosine. Between which two vectors?",
        "Subtract from each row its own mean, divide by its length, and multiply the two tables: "
        "`new @ known.T` holds all correlations. Along which axis are the known curves?",
        "After `new = X_new - X_new.mean(axis=1, keepdims=True)` and division by "
        "`np.linalg.norm(new, axis=1, keepdims=True)` (the same for X_known), take "
        "`(new @ known.T).max(axis=1)`. Compare test rows with training rows.",
    ),
    insight="For a crystal with a twin, remembering is mostly enough. That is what the "
    "random split asks.",
)
def check_twins(largest_correlation, twin_share, X_real, random_train, random_test):
    function = expect_function(largest_correlation, "largest_correlation")
    rng = fresh_generator()
    known = rng.normal(1.5, 1, (7, 25))
    new = np.vstack([3 * known[2] + 10, -known[4], rng.normal(1.5, 1, (2, 25))])
    found = expect_array(function(new.copy(), known.copy()), "largest_correlation(...)")
    expect(
        not (found.size >= len(new) and np.allclose(found, 1)),
        "found-itself",
        saw="a correlation of 1 for every curve, also where the check made unlike ones",
        expected="each new curve compared with the known curves only",
        why="`np.corrcoef(X_new, X_known)` stacks the two tables and correlates all rows with all "
        "rows, so each row meets itself. Known against new is one block off the diagonal: "
        "`[:len(X_new), len(X_new):]`.",
    )
    expect(
        found.shape != (len(known),),
        "wrong-axis",
        saw=f"{len(known)} values for {len(new)} new and {len(known)} known curves",
        expected="one value for each new curve",
        why="The question is asked of each test crystal: is there a relative in training?",
    )
    expect(
        found.shape == (len(new),),
        "wrong-shape",
        saw=f"the shape {found.shape}",
        expected=f"({len(new)},): one value for each row of X_new",
    )
    expect(
        found.max() < 1 + 1e-6,
        "above-one",
        saw=f"a correlation of {found.max():.2f}",
        expected="values up to 1",
        why="A cosine: divide each curve by its length.",
    )
    table = np.corrcoef(new, known)[: len(new), len(new) :]
    cosine = (new / np.linalg.norm(new, axis=1)[:, None]) @ (
        known / np.linalg.norm(known, axis=1)[:, None]
    ).T
    expect(
        not np.allclose(found, cosine.max(axis=1)),
        "not-centred",
        saw="cosines of the curves as they are",
        expected="cosines after each curve's own mean was subtracted",
    )
    expect(
        not np.allclose(found, np.abs(table).max(axis=1)),
        "sign-ignored",
        saw="a correlation of 1 for a curve that is upside down",
        expected="the largest correlation, with its sign",
        why="A PDF turned upside down has gaps where atoms should be.",
    )
    expect(
        np.allclose(found, table.max(axis=1), atol=1e-6),
        "other-values",
        saw=f"{found.round(3).tolist()}",
        expected=f"{table.max(axis=1).round(3).tolist()}",
        why="3·G + 10 has the correlation 1 with G: neither height nor offset counts.",
    )
    _expect_all_parts(twin_share=twin_share)
    share = _share(twin_share, "twin_share")
    test, train = X_real[random_test], X_real[random_train]
    best = np.corrcoef(test, train)[: len(test), len(test) :].max(axis=1)
    with_itself = np.corrcoef(train, test)[: len(train), len(train) :].max(axis=1)
    expect(
        share < 0.999,
        "compared-with-itself",
        saw="that every test crystal has a twin",
        expected="test curves compared with training curves",
        why="A curve that is among the known ones finds itself.",
    )
    expect(
        np.isclose(share, np.mean(best > 0.9), atol=0.003)
        or not np.isclose(share, np.mean(with_itself > 0.9), atol=0.003),
        "training-twins",
        saw=f"{share:.3f}, the share of *training* crystals that have a twin in the test data",
        expected="the share of test crystals that have a twin in training",
    )
    expect(
        np.isclose(share, np.mean(best > 0.9), atol=0.003),
        "other-share",
        saw=f"{share:.3f}",
        expected=f"{np.mean(best > 0.9):.3f}: test rows whose largest correlation with a training "
        "row is above 0.9",
    )


@questions.code(
    "q6",
    title="A split that asks the right question",
    points=3,
    minutes=8,
    hints=(
        "What must stay together? And for which two pairs of parts must that be so?",
        "`StratifiedGroupKFold(...).split(X_real, y_real, groups=prototypes)` gives five pairs. "
        "The second of each pair is one of five parts that share no prototype.",
        "Collect the second of each pair in a list. One is the test, one the validation part; join "
        "the others with `np.concatenate`.",
    ),
    insight="Neither the test nor the decision when to stop has met a relative of the training "
    "crystals.",
)
def check_split(training_rows, validation_rows, test_rows, prototypes, y_real):
    parts = {}
    for name, rows in (
        ("training_rows", training_rows),
        ("validation_rows", validation_rows),
        ("test_rows", test_rows),
    ):
        array = expect_array(rows, name, shape=(None,), of="row numbers")
        expect(
            array.dtype.kind in "iu",
            "masks",
            saw=f"`{name}` holds values of type {array.dtype}",
            expected="row numbers, as `split` yields them",
        )
        parts[name.removesuffix("_rows")] = array
    n = len(prototypes)
    for name, rows in parts.items():
        expect(
            len(rows) > 0 and rows.min() >= 0 and rows.max() < n,
            "not-rows",
            saw=f"row numbers in the {name} part from {rows.min() if len(rows) else '-'} to "
            f"{rows.max() if len(rows) else '-'}",
            expected=f"numbers of the {n} real crystals, from 0 to {n - 1}",
        )
    every = np.concatenate(list(parts.values()))
    expect(
        len(every) == len(set(every.tolist())),
        "twice",
        saw=f"{_number(len(every) - len(set(every.tolist())), 'crystal')} in more than one part, "
        "or twice",
        expected="each crystal in exactly one part",
    )
    keys = np.asarray(prototypes)
    for one, other, finding, why in (
        (
            "training",
            "test",
            "leak",
            "A crystal of a known prototype asks for memory. The test must be about something new.",
        ),
        (
            "training",
            "validation",
            "validation-leak",
            "Early stopping watches this part. If it holds siblings of training crystals, its loss "
            "falls as long as the network memorises, and training stops too late.",
        ),
        (
            "validation",
            "test",
            "validation-leak",
            "What was used for a decision is no test any more, and neither are its siblings.",
        ),
    ):
        shared = set(keys[parts[one]]) & set(keys[parts[other]])
        expect(
            not shared,
            finding,
            saw=f"{_number(len(shared), 'prototype')} both in {one} and in {other}",
            expected="each prototype in one part only",
            why=why,
        )
    expect(
        len(every) == n,
        "rows-unused",
        saw=f"{_number(n - len(every), 'crystal')} in none of the three parts",
        expected="each crystal in one of them",
    )
    for name, rows in parts.items():
        absent = set(CLASSES) - set(np.asarray(y_real)[rows].tolist())
        expect(
            not absent,
            "class-missing",
            saw=f"no crystal of {', '.join(map(str, sorted(absent)))} in the {name} part",
            expected="all eight classes in each part",
            why="Nothing can be said about a class that is not tested.",
        )
    for name, low, high in (
        ("training", 0.45, 0.75),
        ("validation", 0.1, 0.32),
        ("test", 0.1, 0.32),
    ):
        share = len(parts[name]) / n
        expect(
            low < share < high,
            "other-shares",
            saw=f"{share:.0%} of the crystals in the {name} part",
            expected="about 60 % for training and 20 % each for validation and test",
        )


@questions.written(
    "q7",
    title="Which number do you give her?",
    points=2,
    minutes=7,
    in_parts=True,
    hints=(
        "Which of the two splits is more like her situation?",
        "Her structure type is in no data base. In which split had the model seen the structure "
        "types of the test crystals before? Think of the twins.",
        'The number is `scores_by_split["extra trees", ...].value`. In the text say: why twins '
        "make the other one too good for her, and who would have a use for the other one.",
    ),
    insight="The number is right. An accuracy without its split is half a sentence.",
    rubric=(
        "chooses the number of the split with prototypes held out, and gives its interval",
        "explains with the twins: in the random split part of the test asks for memory only",
        "says for whom the random number is right: new compounds of known families",
    ),
)
def check_number(number_q7, answer_q7, scores_by_split):
    number = getattr(number_q7, "value", number_q7) if _is_done(number_q7) else number_q7
    number = _share(number, "number_q7")
    scores = {key: float(score.value) for key, score in scores_by_split.items()}
    model, split = "extra trees", "prototypes held out"
    # Two digits will do: the intervals are wider by far.
    same = [key for key, value in scores.items() if abs(number - value) < 0.0055]
    is_right = (model, split) in same
    expect(
        is_right or (model, "random") not in same,
        "random-split",
        saw=f"{number:.3f}, the score of your extra trees on the random split",
        expected="the score for crystals of structure types that the trees have never met",
        why="In the random split nearly every test crystal has a sibling in the training data, "
        "and one in four a twin. Hers has neither: no data base recognises it.",
    )
    expect(
        is_right or not same,
        "other-model",
        saw=f"{number:.3f}, a score of {same[0][0] if same else ''} ({same[0][1] if same else ''})",
        expected="a score of your extra trees: they are what she wants to use",
    )
    expect(
        is_right,
        "other-number",
        saw=f"{number:.3f}, which is not in the table of scores",
        expected="one of the two scores of your extra trees, to two digits or more",
    )
    _expect_reasons(answer_q7, "answer_q7", words=12, right="the number is the one to give her")


def _expect_reasons(text, name, *, words, right):
    """Expect a text that is not trivially short. Its content is for a reader, not for a program."""
    text = "" if isinstance(text, Todo) else text
    if isinstance(text, str):
        count = len(text.split())
        expect(
            count >= words,
            "too-short",
            saw=f"{_number(count, 'word')} in `{name}`; {right}",
            expected=f"your reasons, in {words} words or more",
            why="What you write is saved for a reader and not judged here. But a number without "
            "its reason is a guess to whoever reads it.",
        )
    expect_text(text, name, words=words, points={})


@questions.code(
    "q8",
    title="Slide a pattern",
    points=3,
    minutes=8,
    hints=(
        "At each position: how well does this piece of the signal fit the pattern? A product, "
        "and a sum.",
        "The piece that starts at j is `signal[j : j + w]`. What is the last j for which it is "
        "complete?",
        "For j from 0 to n − w: `signal[j : j + w] @ pattern`. That are n − w + 1 numbers.",
    ),
    insight="Few weights, used everywhere: a pattern learned at 3 Å is recognised at 20 Å.",
)
def check_slide(slide):
    function = expect_function(slide, "slide")
    rng = fresh_generator()
    signal, pattern = rng.normal(size=30), rng.normal(size=6)
    kept = signal.copy()
    found = expect_array(function(signal, pattern), "slide(signal, pattern)", of="responses")
    expect(
        np.array_equal(kept, signal),
        "changes-input",
        saw="that the signal itself was changed",
        expected="a new array",
    )
    expect(
        found.shape not in ((30,), (35,)),
        "padded",
        saw=f"{found.size} responses for 30 points and a pattern of 6",
        expected="25: only where the whole pattern fits",
        why="Zeros beyond the ends are no measurement. (In the network we will allow them, to keep "
        "the length.)",
    )
    expect(
        found.shape != (24,),
        "one-too-few",
        saw="24 responses for 30 points and a pattern of 6",
        expected="25: n − w + 1, the last one starts at point 24",
    )
    expect(
        found.shape == (25,),
        "wrong-shape",
        saw=f"the shape {found.shape} for 30 points and a pattern of 6",
        expected="(25,)",
    )
    expect(
        not np.allclose(found, np.convolve(signal, pattern, "valid")),
        "turned-around",
        saw="the responses of the pattern turned around",
        expected="signal[j + i] times pattern[i], with the same i",
        why="The convolution of mathematics runs through the pattern backwards. A filter for a "
        "peak with a shoulder on its right would find shoulders on the left.",
    )
    expect(
        np.allclose(found, np.correlate(signal, pattern, "valid")),
        "other-values",
        saw=f"{found[:3].round(3).tolist()} ... for the first positions",
        expected=f"{np.correlate(signal, pattern, 'valid')[:3].round(3).tolist()}",
    )
    whole = np.asarray(function(signal, signal[:30].copy()), dtype=float)
    expect(
        whole.shape == (1,) and np.isclose(whole[0], signal @ signal),
        "whole-signal",
        saw=f"the shape {whole.shape} for a pattern as long as the signal",
        expected="one response",
    )


@questions.code(
    "q9",
    title="Build the network",
    points=4,
    minutes=12,
    time_limit=120,
    in_parts=True,
    hints=(
        "Count for one filter first: how many points does it see, on how many channels? Then build "
        "the table from top to bottom.",
        "A filter of the second layer sees `width` points on each of the filters[0] channels, and "
        "has one bias. A dense unit sees all 104 · filters[1] numbers, and has one bias.",
        "`(width * channels + 1) * n_filters` and `(n_inputs + 1) * n_units`. "
        '`layers.Conv1D(filters[0], width, padding="same", activation="relu")`, ..., '
        '`layers.Flatten()`, ..., `layers.Dense(8, activation="softmax")`.',
    ),
    insight="Two layers of sliding patterns, two dense layers to weigh what they found, and most "
    "of the weights where you may not have expected them.",
)
def check_network(predicted_parameters, build_network, filters, width):
    build = expect_function(build_network, "build_network")
    if _is_done(predicted_parameters):
        counts = expect_array(predicted_parameters, "predicted_parameters", of="numbers of weights")
        _check_counts(counts, list(filters), int(width))
    network = build()
    if _is_done(predicted_parameters):
        _expect_all_parts(build_network=network)
    expect(
        hasattr(network, "layers") and hasattr(network, "predict"),
        "not-a-network",
        saw=f"`build_network()` returns a {type(network).__name__}",
        expected="a keras.Sequential",
    )
    if not network.built:
        network.build((None, 209, 1))
    expect(
        network is not build(),
        "same-network",
        saw="the same network twice",
        expected="a new one for each call: build it inside the function",
        why="Training goes on where it stopped. The next experiment would start with the weights "
        "of the last one.",
    )
    expect(
        tuple(network.input_shape[1:]) == (209, 1),
        "input-shape",
        saw=f"an input of shape {tuple(network.input_shape[1:])}",
        expected="(209, 1): 209 points, one channel",
    )
    _check_layers(network, list(filters), int(width))
    _check_settings(network)
    _expect_all_parts(predicted_parameters=predicted_parameters)


def _check_counts(counts, filters, width):
    f1, f2 = filters
    right = [width * f1 + f1, width * f1 * f2 + f2, 104 * f2 * 128 + 128, 128 * 8 + 8]
    expect(
        counts.shape == (4,),
        "four-numbers",
        saw=f"the shape {counts.shape}",
        expected="four numbers: two convolution layers, two dense layers",
    )
    no_bias = [width * f1, width * f1 * f2, 104 * f2 * 128, 128 * 8]
    expect(
        not np.array_equal(counts, no_bias),
        "no-biases",
        saw=f"{counts.astype(int).tolist()}",
        expected="one bias more for each filter and each unit",
        why="Without a bias a ReLU has its threshold at zero, whatever it looks for.",
    )
    expect(
        counts[1] != width * f2 + f2,
        "channels-forgotten",
        saw=f"{int(counts[1])} weights in the second convolution layer",
        expected=f"weights for each of the {f1} channels that the first layer gives",
        why="A filter of the second layer sees patterns of patterns: at each point it has a weight "
        "for every filter of the first.",
    )
    expect(
        counts[2] not in (209 * f2 * 128 + 128, f2 * 128 + 128),
        "after-pooling",
        saw=f"{int(counts[2])} weights in the first dense layer",
        expected=f"weights for all 104 · {f2} numbers that are left after pooling, in one row",
    )
    names = ("first convolution", "second convolution", "first dense layer", "last layer")
    for name, found, wanted in zip(names, counts, right, strict=True):
        expect(
            found == wanted,
            "other-count",
            saw=f"{found:g} weights for the {name}",
            expected="(inputs of a filter or unit + 1 bias) times the number of filters or units",
        )


def _check_layers(network, filters, width):
    kinds = [type(layer).__name__ for layer in network.layers]
    convolutions = [layer for layer in network.layers if type(layer).__name__ == "Conv1D"]
    seen = [f"{layer.filters} filters of {layer.kernel_size[0]}" for layer in convolutions]
    expect(
        len(convolutions) == 2
        and [layer.filters for layer in convolutions] == filters
        and all(tuple(layer.kernel_size) == (width,) for layer in convolutions),
        "other-filters",
        saw=f"convolution layers with {', then '.join(seen) or 'nothing'}",
        expected=f"{filters[0]} and then {filters[1]} filters of {width} points",
    )
    for layer in convolutions:
        place = network.layers.index(layer)
        following = kinds[place + 1 : place + 3]
        is_bent = layer.activation.__name__ != "linear" or {"ReLU", "Activation"} & set(following)
        expect(
            is_bent,
            "no-activation",
            saw="a convolution layer without an activation",
            expected='activation="relu"',
            why="Two linear layers in a row are one linear layer: patterns of patterns would be "
            "impossible.",
        )
        expect(
            layer.output.shape[1] == 209,
            "edges-cut",
            saw=f"{layer.output.shape[1]} points after a convolution layer",
            expected='209: padding="same" adds zeros at the ends',
            why="Without them every layer loses the ends of the curve, and the first peak, the "
            "bond length, sits at one.",
        )
    expect(
        len(network.output_shape) == 2,
        "not-flattened",
        saw=f"an output of shape {tuple(network.output_shape)}",
        expected="(None, 8): one answer for each curve",
        why="A dense layer works on the last axis alone. Without Flatten there are eight "
        "probabilities at each point of the curve.",
    )
    expect(
        network.output_shape[-1] == N_CLASSES,
        "other-classes",
        saw=f"{network.output_shape[-1]} outputs",
        expected="8",
    )
    activations = [getattr(layer, "activation", None) for layer in network.layers]
    n_softmax = sum(getattr(a, "__name__", "") == "softmax" for a in activations)
    n_softmax += kinds.count("Softmax")
    expect(
        n_softmax <= 1,
        "softmax-twice",
        saw=f"{n_softmax} times softmax",
        expected="once, at the end",
        why="Softmax of probabilities lies between 0.12 and 0.28 for eight classes. The network "
        "could never be sure, and its loss could not fall below 1.27.",
    )
    curves = fresh_generator().normal(0, 3, (3, 209, 1)).astype("float32")
    answers = np.asarray(network(curves, training=False))
    expect(
        n_softmax == 1 and np.allclose(answers.sum(axis=1), 1, atol=1e-4),
        "no-softmax",
        saw=f"outputs that add up to {answers.sum(axis=1).round(2).tolist()}",
        expected="probabilities: softmax in the last layer",
    )
    expect(
        kinds.count("Dropout") >= 2,
        "no-dropout",
        saw=f"{kinds.count('Dropout')} dropout layers",
        expected="two: after pooling, and before the last layer",
    )
    wanted = (width + 1) * filters[0] + (width * filters[0] + 1) * filters[1]
    wanted += (104 * filters[1] + 1) * 128 + 129 * 8 + 4 * (1 + sum(filters) + 128)
    expect(
        network.count_params() == wanted,
        "other-layers",
        saw=f"{network.count_params()} parameters in all, with the layers {', '.join(kinds)}",
        expected=f"{wanted}: the layers of the table, one after the other",
    )


# Layers that may stand anywhere, or be part of another one: they change no number by themselves.
_SILENT = ("InputLayer", "Flatten", "ReLU", "Activation", "Softmax")
_ORDER = (
    "BatchNormalization",
    *("Conv1D", "BatchNormalization") * 2,
    "MaxPooling1D",
    "Dropout",
    *("Dense", "BatchNormalization", "Dropout", "Dense"),
)


def _check_settings(network):
    """Check what the number of parameters does not show: order, momentum, activations, dropout."""
    kinds = [type(layer).__name__ for layer in network.layers]
    loud = tuple(kind for kind in kinds if kind not in _SILENT)
    expect(
        loud == _ORDER,
        "other-order",
        saw=f"the layers {', '.join(loud)}",
        expected=f"{', '.join(_ORDER)}, with Flatten before the first Dense",
    )
    for layer in network.layers:
        kind, name = type(layer).__name__, layer.name
        if kind in ("Conv1D", "Dense") and layer is not _last_dense(network):
            bends = _activation_after(network, layer)
            expect(
                bends == "relu",
                "other-activation",
                saw=f"the activation {bends!r} after `{name}`",
                expected='activation="relu"',
                why="Two layers with nothing bent between them are one linear layer."
                if bends == "linear"
                else "It would work too, but it is another network than the one of the table.",
            )
        if kind == "BatchNormalization":
            expect(
                np.isclose(layer.momentum, 0.9),
                "other-momentum",
                saw=f"`{name}` with momentum={layer.momentum:g}",
                expected="momentum=0.9 in each of the four",
                why="The averages that are used after training follow slowly with Keras' own "
                "0.99: after a short training they lag behind, and the validation loss looks "
                "terrible although the network is fine.",
            )
        if kind == "Dropout":
            expect(
                np.isclose(layer.rate, 0.5),
                "other-dropout",
                saw=f"`{name}` with a rate of {layer.rate:g}",
                expected="0.5: half of the numbers are hidden while training",
            )


def _last_dense(network):
    return [layer for layer in network.layers if type(layer).__name__ == "Dense"][-1]


def _activation_after(network, layer):
    """Name the activation of a layer, its own or that of one of the two layers after it."""
    name = getattr(layer.activation, "__name__", "?")
    place = network.layers.index(layer)
    for following in network.layers[place + 1 : place + 3]:
        if name == "linear" and type(following).__name__ == "ReLU":
            return "relu"
        if name == "linear" and type(following).__name__ == "Activation":
            return getattr(following.activation, "__name__", "?")
    return name


@questions.code(
    "q10",
    title="Every class counts the same",
    points=2,
    minutes=6,
    hints=(
        "A class with half as many crystals: how much should each of them count?",
        "weight × count must be the same number for each class. Which number makes the mean weight "
        "over all PDFs equal to 1?",
        "`{column: len(y_train) / (8 * count)}` for each column; the counts are the column sums of "
        "`one_hot(y_train)`.",
    ),
    insight="Weights say what a mistake costs you. That is a decision, not a fact about the data.",
)
def check_weights(class_weights, y_train):
    keys = set(
        _dictionary(class_weights, "class_weights", "{0: weight, 1: weight, ..., 7: weight}")
    )
    expect(
        keys != set(CLASSES),
        "numbers-not-columns",
        saw="space group numbers as keys",
        expected="columns 0 to 7 of the one-hot labels",
        why="Keras does not know the numbers: it looks up the column. Column 2 is space group 15, "
        "and most columns would find no weight at all.",
    )
    expect(
        keys == set(range(N_CLASSES)),
        "other-keys",
        saw=f"the keys {sorted(map(str, keys))[:9]}",
        expected="0, 1, ..., 7",
    )
    weights = np.array([expect_number(class_weights[j], f"class_weights[{j}]") for j in range(8)])
    counts = np.array([np.sum(np.asarray(y_train) == number) for number in CLASSES])
    together = weights * counts
    expect(
        not np.allclose(weights / weights.sum(), counts / counts.sum(), rtol=1e-3),
        "inverted",
        saw="weights proportional to the size of the class",
        expected="large weights for small classes",
        why="Like this the common classes would count twice: because they are common, and because "
        "of their weight.",
    )
    expect(
        np.allclose(together, together.mean(), rtol=1e-3),
        "not-equal",
        saw=f"sums of weights from {together.min():.0f} to {together.max():.0f}",
        expected="the same sum for each class",
    )
    mean = together.sum() / counts.sum()
    longer = (
        "The weights multiply the gradient: every step would be "
        f"{mean:.3g} times as long, as if the learning rate were."
    )
    for is_so, what in (
        (np.isclose(weights.mean(), 1), "whose mean over the eight classes is 1"),
        (np.isclose(weights.sum(), 1), "that add up to 1"),
    ):
        expect(
            np.isclose(mean, 1, rtol=1e-3) or not is_so,
            "mean-over-classes",
            saw=f"weights {what}; over all training PDFs their mean is {mean:.3g}",
            expected="a mean of 1 over all PDFs: each weight counts as often as its class occurs",
            why=longer,
        )
    expect(
        np.isclose(mean, 1, rtol=1e-3),
        "other-mean",
        saw=f"equal sums for all classes, and a mean weight of {mean:.3g} over all training PDFs",
        expected="the same, multiplied by one number such that the mean is 1",
        why=longer,
    )


@questions.code(
    "q11",
    title="Long steps, then short ones",
    points=2,
    minutes=5,
    hints=(
        "Which share of the epochs is done when epoch number `epoch` begins?",
        "Three cases: below 40 % done, below 60 %, and the rest. Use `n_epochs`, not 100.",
        "`if epoch < 0.4 * n_epochs: return 5e-4`, and so on.",
    ),
    insight="Far from the valley the direction of a step matters; in it, the length.",
)
def check_schedule(learning_rate):
    function = expect_function(learning_rate, "learning_rate")
    table = {
        n: [expect_number(function(e, n), f"learning_rate({e}, {n})") for e in range(n)]
        for n in (100, 50, 10, 12)
    }
    rates = np.array(table[100])
    expect(
        (rates > 0).all(),
        "not-positive",
        saw=f"a rate of {rates.min():g}",
        expected="positive rates: with 0 nothing is learned, and below 0 the loss is climbed",
    )
    expect(
        (np.diff(rates) <= 1e-12).all(),
        "rises",
        saw=f"a rate that grows, from {rates[0]:g} at the start to {rates.max():g}",
        expected="a rate that never grows",
        why="Long steps at the end throw the network out of the valley that it has found.",
    )
    expect(
        np.isclose(rates[0], 5e-4),
        "other-start",
        saw=f"{rates[0]:g} in epoch 0",
        expected="5e-4, that is 0.0005",
    )
    expect(
        len(np.unique(rates.round(12))) > 1,
        "never-drops",
        saw="the same rate in all epochs",
        expected="a tenth of it when 40 % are done, a hundredth when 60 % are done",
    )
    expect(
        np.isclose(rates[39], 5e-4) and np.isclose(rates[59], rates[40]),
        "one-off",
        saw=f"of 100 epochs, number 39 has {rates[39]:g}, 40 has {rates[40]:g}, 59 has "
        f"{rates[59]:g}",
        expected="the first drop in epoch 40 and the second in epoch 60, counted from 0",
    )
    expect(
        np.isclose(rates[40], 5e-5) and np.isclose(rates[60], 5e-6) and np.isclose(rates[99], 5e-6),
        "other-drops",
        saw=f"of 100 epochs, number 40 has {rates[40]:g}, 60 has {rates[60]:g}, 99 has "
        f"{rates[99]:g}",
        expected="5e-5 from epoch 40, 5e-6 from epoch 60 to the end",
    )
    for n in (50, 10):
        wanted = [5e-4] * (2 * n // 5) + [5e-5] * (n // 5) + [5e-6] * (2 * n // 5)
        expect(
            np.allclose(table[n], wanted, rtol=1e-6, atol=0),
            "number-of-epochs-ignored",
            saw=f"of {n} epochs, {np.isclose(table[n], 5e-4).sum()} at the first rate",
            expected=f"{2 * n // 5}: drops when 40 % and 60 % are done, however many there are",
        )
    for epoch, share, wanted in ((4, 0.4, 5e-4), (5, 0.4, 5e-5), (7, 0.6, 5e-5), (8, 0.6, 5e-6)):
        found, border = table[12][epoch], share * 12
        expect(
            np.isclose(found, wanted, rtol=1e-6, atol=0),
            "whole-numbers",
            saw=f"of 12 epochs, a rate of {found:g} in epoch {epoch}",
            expected=f"a rate of {wanted:g}, because {epoch} is "
            f"{'below' if epoch < border else 'above'} {share:g} · 12 = {border:.1f}",
            why=f"When epoch {epoch} begins, {epoch} of 12 epochs are done, that is "
            f"{epoch / 12:.0%}. Compare `epoch` with {share:g} · n_epochs itself, and not with a "
            "whole number near it: `int` cuts off what stands after the point.",
        )


@questions.code(
    "q12",
    title="Stop at the right moment",
    points=2,
    minutes=6,
    time_limit=60,
    hints=(
        "What does Keras call the loss on the validation data? And which weights does it keep when "
        "it stops, unless you tell it?",
        "Metrics on validation data begin with `val_`. By default the weights of the *last* epoch "
        "stay, which is `patience` epochs too late.",
        '`monitor="val_loss"`, `patience=...`, `restore_best_weights=True`.',
    ),
    insight="A network that stops at the right moment and goes home with the right weights.",
)
def check_early_stopping(early_stopping):
    expect(
        type(early_stopping).__name__ != "type",
        "a-class",
        saw="the class EarlyStopping itself",
        expected="an object made from it, with brackets",
    )
    monitor = getattr(early_stopping, "monitor", None)
    if monitor is None:
        bool(early_stopping)  # lets a placeholder speak
    expect(
        type(early_stopping).__name__ == "EarlyStopping" and monitor is not None,
        "not-early-stopping",
        saw=f"`early_stopping` is a {type(early_stopping).__name__}",
        expected="a keras.callbacks.EarlyStopping",
    )
    expect(
        monitor != "loss",
        "training-loss",
        saw="a callback that watches the training loss",
        expected="one that watches the loss on the validation data",
        why="The training loss falls as long as the network memorises, which is to say for ever.",
    )
    expect(
        monitor not in ("val_acc", "val_Accuracy", "validation_loss", "val-loss"),
        "no-such-name",
        saw=f"a callback that watches {monitor!r}, which nothing is called",
        expected='"val_loss"',
        why="A metric that does not exist never improves, and Keras can only warn or refuse.",
    )
    expect(
        monitor == "val_loss",
        "other-monitor",
        saw=f"a callback that watches {monitor!r}",
        expected="the validation loss",
    )
    falling = [2.0 - 2e-5 * epoch for epoch in range(12)]
    stop, _ = _rehearse(early_stopping, falling)
    expect(
        getattr(early_stopping, "mode", "auto") != "max",
        "wrong-direction",
        saw="a stop while the loss was falling",
        expected="a small loss is good: the default mode knows",
    )
    expect(
        stop is None,
        "too-picky",
        saw=f"a stop in epoch {stop} although the loss fell in each epoch, by a little",
        expected="any new minimum counts, however small: leave min_delta at 0",
        why="With a small learning rate late progress is slow, and it is progress.",
    )
    valley = [2.0, 1.5, 1.2, 1.0] + [1.1 + 0.01 * epoch for epoch in range(12)]
    stop, kept = _rehearse(early_stopping, valley)
    expect(
        stop == 7,
        "other-patience",
        saw="no stop at all" if stop is None else f"a stop {stop - 3} epochs after the minimum",
        expected="a stop after 4 epochs without a new minimum",
    )
    expect(
        kept == 3,
        "not-restored",
        saw=f"the weights of epoch {kept}; the best was epoch 3",
        expected="the weights of the best epoch: restore_best_weights=True",
        why="Early stopping notices the minimum only when it is over. Without going back you keep "
        "the weights of the last, overfitted epoch.",
    )


def _rehearse(callback, losses):
    """Play losses to a copy of a callback; return when it stops, and which weights it keeps."""
    from edex.spacegroup.keras_backend import import_keras

    keras = import_keras()
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(loss="mse")
    rehearsed = copy.copy(callback)
    rehearsed.set_model(model)
    model.stop_training = False
    rehearsed.on_train_begin()
    stop = None
    for epoch, loss in enumerate(losses):
        model.layers[0].set_weights([np.array([[float(epoch)]])])
        logs = {"loss": 1 / (epoch + 1), "val_loss": loss, "accuracy": 0.5, "val_accuracy": 0.5}
        rehearsed.on_epoch_end(epoch, logs)
        if model.stop_training:
            stop = epoch
            break
    rehearsed.on_train_end()
    return stop, round(float(model.layers[0].get_weights()[0][0, 0]))


_CLUES = {
    "rate too high": "Look at how the loss goes from one epoch to the next, in training as well.",
    "rate too low": "Compare the last training loss with the first. Has anything been learned, or "
    "unlearned?",
    "overfitting": "Compare the training loss with the validation loss at the end, and the "
    "validation accuracy with the dotted line.",
    "labels shuffled": "Compare the validation accuracy with that of the most common class, and "
    "then ask whether the network is learning anything at all.",
}


@questions.code(
    "q13",
    title="Four patients",
    points=3,
    minutes=8,
    hints=(
        "Three questions for each patient: does the training loss fall? Does the validation loss "
        "follow? Does the validation accuracy beat the most common class?",
        "Jumps by orders of magnitude: steps too long. Smooth and flat: too short. A gap with an "
        "accuracy well above chance: memory. A training loss that falls at the accuracy of chance: "
        "nothing to learn.",
        'Fill in `{"A": ..., "B": ..., "C": ..., "D": ...}` with the four phrases of the question, '
        "each once.",
    ),
    insight="Four faces that you will meet again. Look at the curves before you touch the network.",
)
def check_diagnosis(diagnosis, patients):
    words = sorted(patient.illness for patient in patients.values())
    _dictionary(diagnosis, "diagnosis", '{"A": "...", "B": "...", "C": "...", "D": "..."}')
    expect(
        set(diagnosis) == set(patients),
        "not-every-patient",
        saw=f"`diagnosis` has the keys {', '.join(map(str, diagnosis)) or '(none)'}",
        expected=f"a dictionary with the keys {', '.join(patients)}",
    )
    for letter, word in diagnosis.items():
        expect(
            word in words,
            "unknown-word",
            saw=f"{word!r} for patient {letter}",
            expected="one of " + ", ".join(f'"{known}"' for known in words),
        )
    expect(
        len(set(diagnosis.values())) == len(patients),
        "same-word-twice",
        saw="one diagnosis for two patients",
        expected="each of the four once",
    )
    for letter, patient in patients.items():
        expect(
            diagnosis[letter] == patient.illness,
            "other-diagnosis",
            saw=f'"{diagnosis[letter]}" for patient {letter}',
            expected=f"another diagnosis for {letter}",
            why=_CLUES[patient.illness],
        )


@questions.code(
    "q14",
    title="Among the first k",
    points=2,
    minutes=7,
    hints=(
        "Rank the classes of each crystal, the most probable first. Where in that list is the "
        "truth?",
        "`np.argsort` sorts ascending, so sort the negative probabilities, along axis 1. It gives "
        "columns; `np.array(CLASSES)[...]` turns columns into space group numbers.",
        "Compare the first k numbers of each row with the true number of that row, ask whether "
        "`.any(axis=1)`, and take the mean.",
    ),
    insight="For someone who can test three candidates in an afternoon this is the number that "
    "counts.",
)
def check_top_k(top_k_accuracy):
    function = expect_function(top_k_accuracy, "top_k_accuracy")
    rng = fresh_generator()
    # How often the truth is in each place: so that no wrong way gives the right share by chance.
    rank = rng.permutation(np.repeat(np.arange(1, 9), (20, 11, 9, 7, 5, 4, 3, 1)))
    n = len(rank)
    probabilities = reference_softmax(rng.normal(0, 1, (n, N_CLASSES)), axis=1)
    columns = np.argsort(-probabilities, axis=1)[np.arange(n), rank - 1]
    numbers = np.array(CLASSES)[columns]
    found = {
        k: expect_number(function(probabilities.copy(), numbers.copy(), k), f"... with k = {k}")
        for k in (1, 2, 3, 8)
    }
    wanted = {k: float(np.mean(rank <= k)) for k in found}
    expect(
        found[3] <= 1,
        "not-a-share",
        saw=f"{found[3]:g}",
        expected="a share between 0 and 1",
    )
    expect(
        not all(np.isclose(found[k], np.mean(rank > 8 - k)) for k in found),
        "ascending",
        saw=f"{found[3]:.3f} for k = 3, the share of the three *least* probable classes",
        expected="the most probable classes first",
        why="`argsort` begins with the smallest.",
    )
    expect(
        not all(np.isclose(found[k], np.mean(rank == k)) for k in found),
        "kth-only",
        saw=f"{found[3]:.3f} for k = 3, the share whose truth is exactly in third place",
        expected="first, second or third place",
    )
    ranked = np.argsort(-probabilities, axis=1)
    by_column = [np.mean((ranked[:, :k] == numbers[:, None]).any(axis=1)) for k in found]
    expect(
        found[8] > 0 and not np.allclose(list(found.values()), by_column),
        "columns-not-numbers",
        saw=f"{found[8]:.3f} for k = 8, where the truth is always among the eight",
        expected="1 for k = 8: `np.array(CLASSES)[columns]` turns columns into space group numbers",
        why="`argsort` gives columns, 0 to 7. They were compared with space group numbers, 2 to "
        "227, and the two agree only by chance: column 2 is group 15, and there is a group 2.",
    )
    expect(
        not np.allclose([found[2], found[3]], found[1]),
        "k-ignored",
        saw="the same share for k = 1, 2 and 3",
        expected="a share that grows with k",
    )
    for k, value in found.items():
        expect(
            np.isclose(value, wanted[k]),
            "other-share",
            saw=f"{value:.3f} for k = {k}",
            expected=f"{wanted[k]:.3f}"
            + (": with all eight classes the truth is always among them" if k == 8 else ""),
        )


@questions.written(
    "q15",
    title="Where it fails, and why",
    points=4,
    minutes=10,
    in_parts=True,
    hints=(
        "Count crystals of class i that are called j, then divide by the number of crystals of "
        "class i. For the text: what does a powder average away?",
        "`one_hot(y_test).T @ one_hot(predicted)` counts, rows are the truth. Reasons: directions "
        "are lost; many distances overlap; some crystals are nearly more symmetric; some classes "
        "have many prototypes with few crystals.",
        "Divide the counts by their sum along axis 1, with `keepdims=True`. The hardest class is "
        "`CLASSES[k]` with the smallest `confusion[k, k]`; what it is mistaken for stands in row "
        "k, where the largest share beside the diagonal is.",
    ),
    insight="The matrix and the two classes are right. Where the errors follow the physics: what "
    "the powder average loses cannot be learned back, however deep the network. Where they do not: "
    "on how many prototypes does that row rest?",
    rubric=(
        "says with which classes 2, 14 and 62 are confused, with numbers from the matrix, and on "
        "how many prototypes they rest",
        "two reasons or more: directions averaged away; many different distances that overlap; "
        "pseudo-symmetry, distorted versions of more symmetric structures; many prototypes, few "
        "examples of each",
        "compares with the cubic classes: where they are found more often, why (few distances, "
        "each many times); where not, says so",
    ),
)
def check_failures(confusion, hardest_class, mistaken_for, answer_q15, probabilities, y_test):
    if _is_done(confusion) or not (_is_done(hardest_class) or _is_done(mistaken_for)):
        _check_confusion(confusion, probabilities, y_test)
    table = np.asarray(confusion, dtype=float) if _is_done(confusion) else None
    if table is not None and _is_done(hardest_class):
        _check_hardest(table, hardest_class)
        if _is_done(mistaken_for):
            _check_mistaken(table, int(hardest_class), mistaken_for)
    _expect_all_parts(confusion=confusion, hardest_class=hardest_class, mistaken_for=mistaken_for)
    _expect_reasons(
        answer_q15, "answer_q15", words=25, right="the matrix and the two classes are right"
    )


def _check_confusion(confusion, probabilities, y_test):
    table = expect_array(confusion, "confusion", shape=(N_CLASSES, N_CLASSES), of="shares")
    truth = np.array([CLASSES.index(int(number)) for number in y_test])
    counts = np.zeros((N_CLASSES, N_CLASSES))
    np.add.at(counts, (truth, np.asarray(probabilities).argmax(axis=1)), 1)
    wanted = counts / counts.sum(axis=1, keepdims=True)
    is_right = np.allclose(table, wanted, atol=1e-6)
    expect(
        is_right or not np.allclose(table, counts),
        "counts",
        saw="numbers of crystals",
        expected="shares: each row divided by its sum",
        why="Classes differ in size. A large class has many errors even when it is easy.",
    )
    expect(
        is_right or not np.allclose(table, 100 * wanted, atol=0.51),
        "percent",
        saw=f"rows that add up to {table.sum(axis=1).mean():.0f}",
        expected="shares between 0 and 1, so that each row adds up to 1",
        why="100 % is 1. The figure writes the percents for you.",
    )
    with np.errstate(all="ignore"):
        by_column = counts / counts.sum(axis=0)
    expect(
        is_right or not np.allclose(np.nan_to_num(table), np.nan_to_num(by_column)),
        "wrong-axis",
        saw="columns that add up to 1",
        expected="rows that add up to 1",
        why="Divided by the columns it answers another question: if the network says 14, how often "
        "is it 14?",
    )
    expect(
        is_right or not np.allclose(table, wanted.T),
        "transposed",
        saw="true classes along the columns",
        expected="row = true class, column = what the network said",
    )
    expect(
        is_right or not np.allclose(table, counts / counts.sum()),
        "divided-by-all",
        saw="shares of all crystals",
        expected="shares of the crystals of each true class",
    )
    expect(
        is_right,
        "other-shares",
        saw=f"a first row of {table[0].round(2).tolist()}",
        expected="row i, column j: the share of test crystals of class i whose first guess is j",
    )


def _check_hardest(table, hardest_class):
    hardest = expect_number(hardest_class, "hardest_class")
    found = np.diag(table)
    hard = [CLASSES[k] for k in np.flatnonzero(np.isclose(found, found.min()))]
    if hardest in hard:
        return
    expect(
        hardest not in {CLASSES.index(number) for number in hard},
        "column-not-number",
        saw=f"{hardest:g}, which is its row in the matrix",
        expected="the space group number, CLASSES[row]",
    )
    expect(
        hardest in CLASSES,
        "not-a-class",
        saw=f"`hardest_class` is {hardest:g}",
        expected=f"one of the space groups {', '.join(map(str, CLASSES))}",
    )
    share = found[CLASSES.index(int(hardest))]
    expect(
        share < found.max(),
        "easiest",
        saw=f"{hardest:g}, the class that is found most often",
        expected="the class that is found least often: the lowest value on the diagonal",
    )
    expect(
        False,
        "other-class",
        saw=f"{hardest:g}, of which {share:.0%} are found",
        expected=f"the lowest value on the diagonal, {found.min():.0%}",
        why="A row adds up to 1, so the diagonal says how much of a class is found.",
    )


def _check_mistaken(table, hardest, mistaken_for):
    other = expect_number(mistaken_for, "mistaken_for")
    row = table[CLASSES.index(hardest)].copy()
    row[CLASSES.index(hardest)] = -1
    wanted = [CLASSES[k] for k in np.flatnonzero(np.isclose(row, row.max()))]
    if other in wanted:
        return
    expect(
        other != hardest,
        "itself",
        saw=f"{other:g}, the class itself",
        expected="the other class that it is most often called",
    )
    column = table[:, CLASSES.index(hardest)].copy()
    column[CLASSES.index(hardest)] = -1
    expect(
        other != CLASSES[int(column.argmax())],
        "column-read",
        saw=f"{other:g}: its crystals are the ones most often called {hardest}",
        expected=f"what crystals of {hardest} are called: along the row, not down the column",
    )
    expect(
        other not in {CLASSES.index(number) for number in wanted},
        "column-not-number",
        saw=f"{other:g}, which is its column in the matrix",
        expected="the space group number, CLASSES[column]",
    )
    expect(
        False,
        "other-mistake",
        saw=f"`mistaken_for` is {other:g}",
        expected=f"the largest share in the row of {hardest}, beside the diagonal",
    )


@questions.code(
    "q16",
    title="Measured PDFs",
    points=3,
    minutes=8,
    time_limit=60,
    hints=(
        "What did every curve go through before the network saw it? A measured one needs the same, "
        "and a common grid first.",
        "`to_grid(...)` gives shape (209,). Make it (1, 209) for `scale_rows`, then (1, 209, 1) "
        "for the network. Probabilities sort in ascending order unless you turn them around.",
        "`curve = scale_rows(to_grid((record.r, record.G))[None, :])`, then "
        "`robust_network.predict(curve[:, :, None], verbose=0)[0]`; the last three of `argsort`, "
        "backwards; `CLASSES[column]` for each.",
    ),
    insight="From a furnace to a short list. Whatever it says, a refinement has the last word.",
)
def check_measured(top_3, measured, network, robust_network, scale_rows):
    from edex.spacegroup.measured import to_grid
    from edex.spacegroup.pdf import default_grid

    names = [record.name for record in measured]
    _dictionary(top_3, "top_3", f'{{"{names[0]}": [first, second, third], "{names[1]}": ...}}')
    expect(
        set(top_3) == set(names),
        "not-every-pdf",
        saw=f"`top_3` has {_number(len(top_3), 'key')}, {', '.join(map(str, top_3))}"[:120],
        expected=f"the {len(names)} names of the measured PDFs as keys",
    )
    lists = {}
    for name in names:
        guesses = expect_array(top_3[name], f"top_3[{name!r}]", of="space group numbers")
        expect(
            guesses.shape == (3,),
            "not-three",
            saw=f"{guesses.size} {'entry' if guesses.size == 1 else 'entries'} for {name}",
            expected="the three most probable space groups",
        )
        lists[name] = [int(number) for number in guesses]
    every = {number for guesses in lists.values() for number in guesses}
    expect(
        every <= set(CLASSES),
        "columns-not-numbers",
        saw=f"{sorted(every - set(CLASSES))} among the guesses",
        expected="space group numbers, CLASSES[column]",
    )
    raw = np.array([to_grid((record.r, record.G)) for record in measured])
    scaled = np.asarray(scale_rows(raw), dtype=float)
    first = np.array([np.asarray(record.G)[: raw.shape[1]] for record in measured])
    right = _ranking(robust_network, scaled)
    unread = _ranking(robust_network, np.asarray(scale_rows(first)))
    found = np.array([lists[name] for name in names])
    is_right = np.array_equal(found, right[:, :3])
    expect(
        is_right or not np.array_equal(found, right[:, ::-1][:, :3]),
        "ascending",
        saw="the three *least* probable groups",
        expected="the most probable one first",
        why="`argsort` begins with the smallest.",
    )
    expect(
        is_right or not np.array_equal(found, right[:, :3][:, ::-1]),
        "third-first",
        saw="the three most probable groups, the third one first",
        expected="the most probable one first",
    )
    expect(
        is_right or not np.array_equal(found, unread[:, :3]),
        "not-resampled",
        saw="guesses from the first 209 points of each file",
        expected="the curve on the grid of the network, by to_grid",
        why="The files have one point every 0.02 Å, so 209 points end at 4 Å, after the first "
        "peak or two.",
    )
    expect(
        is_right or not np.array_equal(found, _ranking(robust_network, raw)[:, :3]),
        "not-scaled",
        saw="guesses from curves that were not scaled",
        expected="scale_rows, as for all other curves",
        why="The height of a measured G(r) is uncertain, and the network has never seen any height "
        "but one.",
    )
    read_off = np.array([np.interp(default_grid(), m.r, m.G) for m in measured])
    expect(
        is_right
        or not np.array_equal(
            found, _ranking(robust_network, np.asarray(scale_rows(read_off)))[:, :3]
        ),
        "read-off",
        saw="guesses from curves that were read off at the points of the grid, as np.interp does",
        expected="the curves from to_grid",
        why="A measurement up to 25 Å⁻¹ has ripples that are faster than our points can follow. "
        "Merely read off, they turn into slow ripples that no atom has made.",
    )
    expect(
        is_right or not np.array_equal(found, _ranking(network, scaled)[:, :3]),
        "other-network",
        saw="the guesses of `network`, which was trained at one U",
        expected="those of `robust_network`",
        why="Nobody knows how much the atoms of a powder move; the second network has seen many U.",
    )
    together = raw / np.sqrt((raw**2).mean())
    expect(
        is_right or not np.array_equal(found, _ranking(robust_network, together)[:, :3]),
        "scaled-together",
        saw="guesses from curves that were scaled all together",
        expected="each curve divided by its own root mean square, by scale_rows",
        why="The heights of two measurements have nothing to do with each other.",
    )
    n_same = int((np.sort(found, axis=1) == np.sort(right[:, :3], axis=1)).all(axis=1).sum())
    expect(
        n_same >= len(names) - 1 and (found[:, 0] == right[:, 0]).mean() > 0.8,
        "other-groups",
        saw=f"{n_same} of {len(names)} lists as the network gives them",
        expected="the three classes with the largest probabilities of `robust_network`",
        why="Each curve goes through to_grid, then scale_rows, then the network.",
    )


def _ranking(network, curves):
    """Rank the space groups of curves, the most probable first."""
    answers = np.asarray(network.predict(curves[:, :, None].astype("float32"), verbose=0))
    return np.array(CLASSES)[np.argsort(-answers, axis=1)]
