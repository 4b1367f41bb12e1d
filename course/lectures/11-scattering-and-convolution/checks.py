"""Checks and hints of lecture 11, scattering and convolution.

Each answer is held against a limit, a closed form or a brute-force count, never against a stored
number.
"""

import numpy as np
from scipy.stats import norm

from edex.checks import Questions, expect, expect_array, expect_function, expect_number

questions = Questions("scattering-and-convolution")


@questions.code(
    "q1",
    title="Debye's formula",
    points=2,
    minutes=5,
    hints=(
        "The formula has one term for each ordered pair, and one for each atom with itself. What "
        "is sin(x)/x for x = 0?",
        "All differences at once: `positions[:, None] - positions[None, :]` has the shape (n, n, "
        "3). Its norm along the last axis is the table of distances, with zeros on the diagonal.",
        "For each Q, sum `np.sinc(Q * distances / np.pi)` over the whole table; the division by π "
        "undoes NumPy's definition, and np.sinc(0) is 1.",
    ),
    insight="This sum needs no crystal: it works for a molecule, a glass or a cluster in a liquid. "
    "For N atoms it costs N² terms, which is why crystals are treated by shells instead.",
)
def check_debye(debye_intensity):
    intensity = expect_function(debye_intensity, "debye_intensity")
    Q = np.array([0.3, 1.0, 2.2, 4.7, 9.1])
    dimer = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 2.0]])
    found = expect_array(intensity(Q, dimer), "debye_intensity(Q, dimer)", shape=(5,))
    wave = np.sin(2 * Q) / (2 * Q)
    closed = 2 + 2 * wave
    pitfalls = {
        "self-missing": (2 * wave, "the terms j = k, one for each atom, are missing"),
        "pairs-once": (2 + wave, "each pair of different atoms is counted once"),
        "numpy-sinc": (2 + 2 * np.sinc(2 * Q), "np.sinc(x) is sin(πx)/(πx)"),
        "per-atom": (1 + wave, "the sum is divided by the number of atoms"),
    }
    for finding, (wrong, why) in pitfalls.items():
        expect(
            not np.allclose(found, wrong),
            finding,
            saw=f"{found[1]:.3f} at Q = 1 Å⁻¹ for two atoms 2 Å apart",
            expected=f"2 + 2 sin(Qr)/(Qr) = {closed[1]:.3f}",
            why=f"It looks as if {why}.",
        )
    expect(
        np.allclose(found, closed),
        "dimer",
        saw=f"{np.round(found, 3)} for two atoms 2 Å apart",
        expected=f"2 + 2 sin(Qr)/(Qr) = {np.round(closed, 3)}",
        why="Two atoms with themselves, and the pair twice.",
    )
    rng = np.random.default_rng(3)
    cluster = rng.uniform(0, 6, (7, 3))
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    here = expect_array(intensity(Q, cluster), "debye_intensity(Q, cluster)", shape=(5,))
    there = expect_array(intensity(Q, cluster @ turn + 5.0), "debye_intensity", shape=(5,))
    expect(
        np.allclose(here, there),
        "not-invariant",
        saw=f"{here[2]:.3f}, and {there[2]:.3f} after turning and shifting the cluster",
        expected="the same intensity",
        why="Only distances count in a powder.",
    )
    small = intensity(np.array([1e-4]), cluster)
    expect(
        np.allclose(small, 49, rtol=1e-3),
        "forward-limit",
        saw=f"{float(np.ravel(small)[0]):.2f} for 7 atoms at Q near 0",
        expected="7² = 49",
        why="At small Q all waves are in phase, so the amplitudes add up before the square.",
    )
    steps = np.linalg.norm(cluster[:, None] - cluster, axis=-1)[np.triu_indices(7, 1)]
    by_pairs = 7 + 2 * sum(np.sin(Q * step) / (Q * step) for step in steps)
    expect(
        np.allclose(here, by_pairs),
        "wrong-sum",
        saw=f"{np.round(here, 2)} for a cluster of 7 atoms",
        expected=f"{np.round(by_pairs, 2)}, the sum pair by pair",
    )


@questions.code(
    "q2",
    title="Looking elsewhere",
    points=2,
    minutes=4,
    hints=(
        "If one place exceeds the height with probability p, what is the probability that none of "
        "n independent places does?",
        "None: (1 - p) to the power n. So the false alarm is 1 - (1 - p)**n. Solve for p, then "
        "ask for the height of p.",
        "`norm.isf(1 - (1 - false_alarm) ** (1 / n_places))`; for a small false alarm, "
        "`norm.isf(false_alarm / n_places)` is nearly the same.",
    ),
    insight="Responses at neighbouring places are correlated, so a filter of 21 points on 200 has "
    "fewer than 180 independent places: this threshold is on the safe side.",
)
def check_threshold(threshold):
    height_of = expect_function(threshold, "threshold")

    def height(n_places, false_alarm):
        value = height_of(n_places, false_alarm)
        return expect_number(value, f"threshold({n_places}, {false_alarm})", unit="σ")

    one = height(1, 0.01)
    expect(
        not np.isclose(one, norm.isf(0.005), atol=1e-3),
        "two-sided",
        saw=f"{one:.3f}σ for one place and 1 %",
        expected=f"{norm.isf(0.01):.3f}σ",
        why="The filter asks only for large positive answers, so one tail of the Gaussian counts.",
    )
    expect(
        one > 0,
        "wrong-tail",
        saw=f"{one:.3f}σ for one place and 1 %",
        expected="a positive height",
        why="`isf` goes down from the upper end; `ppf` comes up from the lower one.",
    )
    expect(
        np.isclose(one, norm.isf(0.01), atol=0.01),
        "one-place",
        saw=f"{one:.3f}σ for one place and 1 %",
        expected=f"{norm.isf(0.01):.3f}σ, the height that one value exceeds once in a hundred",
    )
    many = height(1000, 0.01)
    expect(
        many > one + 1e-6,
        "elsewhere-forgotten",
        saw=f"{many:.2f}σ for 1000 places, {one:.2f}σ for one",
        expected="more for 1000 places than for one",
        why="The largest of a thousand values of noise is around 3.2σ already.",
    )
    for n_places, false_alarm in ((1000, 0.01), (180, 0.05), (20, 0.3)):
        value = height(n_places, false_alarm)
        alarm = -np.expm1(n_places * np.log1p(-norm.sf(value)))  # of what was answered
        expect(
            abs(alarm - false_alarm) < 0.2 * false_alarm,
            "wrong-rate",
            saw=f"{value:.2f}σ for {n_places} places; noise exceeds it in {alarm:.2%} of the cases",
            expected=f"a height that noise exceeds somewhere in {false_alarm:.0%} of the cases",
            why="The probability of an alarm anywhere is 1 - (1 - p)^n.",
        )


def _reach(width_1, pool, width_2):
    """Count the inputs of one output by following the indices through the layers."""
    pooled = range(width_2)
    first = {j * pool + i for j in pooled for i in range(pool)}
    return len({j + i for j in first for i in range(width_1)})


@questions.code(
    "q3",
    title="How far a network sees",
    points=2,
    minutes=5,
    hints=(
        "Go backwards: one output of the second convolution looks at `width_2` pooled numbers. How "
        "many numbers before the pooling are these?",
        "Each pooled number stands for `pool` neighbours, so `pool * width_2` numbers of the first "
        "convolution. Neighbouring outputs of a convolution share most of their inputs.",
        "m neighbouring outputs of a convolution of w points look at m + w - 1 inputs. Here m is "
        "`pool * width_2` and w is `width_1`.",
    ),
    insight="If what distinguishes two classes lies further apart than the receptive field, no "
    "training will find it.",
)
def check_field(receptive_field, field):
    count = expect_function(receptive_field, "receptive_field")

    def answer(*widths):
        return expect_number(count(*widths), f"receptive_field{widths}")

    expect(
        answer(5, 1, 1) == 5,
        "one-layer",
        saw=f"{answer(5, 1, 1):g} for a convolution of 5 points and nothing else",
        expected="5",
        why="One output of a convolution of 5 points looks at 5 points.",
    )
    expect(
        answer(3, 1, 3) == 5,
        "overlap",
        saw=f"{answer(3, 1, 3):g} for two convolutions of 3 points, without pooling",
        expected="5: three neighbouring outputs of the first layer look at 3 + 2 inputs",
        why="Neighbouring outputs share inputs, so widths do not multiply, and do not simply add.",
    )
    for widths in ((3, 2, 3), (5, 4, 2), (15, 2, 31), (2, 3, 7)):
        expected = _reach(*widths)
        expect(
            answer(*widths) == expected,
            "pooling",
            saw=f"{answer(*widths):g} for widths {widths[0]} and {widths[2]} with a pooling "
            f"by {widths[1]} between",
            expected=f"{expected}",
            why="After the pooling one step is as long as `pool` steps before it.",
        )
    number = expect_number(field, "field")
    expect(
        number == _reach(15, 2, 31),
        "our-network",
        saw=f"field = {number:g}",
        expected="the value for our network: 15 points, pooling by 2, 31 points",
        why="Look at `build_network` above.",
    )
