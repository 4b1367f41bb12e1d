"""Checks and hints of the lecture "project-fair" (week 13).

A check of a check: the student's function judges right and wrong answers that are made afresh. The
density is computed from masses that stand here, not from the table that students use.
"""

import math

import numpy as np

from edex.checks import Questions, expect, expect_function, expect_number, fresh_generator

questions = Questions("project-fair")


def separate_errors(rng, unit):
    """Return targets, the right baseline error, and others that all differ by 2 % or more."""
    while True:
        y_train, y_test = unit * rng.gamma(3.0, 6.0, 40), unit * (5.0 + rng.gamma(3.0, 9.0, 25))
        errors = y_test - y_train.mean()
        right = float(np.abs(errors).mean())
        everything = float(np.concatenate([y_train, y_test]).mean())
        cases = {
            "leak": float(np.abs(y_test - everything).mean()),
            "in-sample": float(np.abs(y_train - y_train.mean()).mean()),
            "root-mean-square": float(np.sqrt((errors**2).mean())),
            "another-number": right * 0.8,
        }
        large, exchanged = right * 1.5, float(np.abs(y_train - y_test.mean()).mean())
        if min(np.diff(np.log(sorted([right, large, exchanged, *cases.values()])))) > 0.02:
            return y_train, y_test, right, cases


@questions.code(
    "q1",
    title="A check of your own",
    points=2,
    minutes=6,
    hints=(
        "Which numbers can a student come up with? Compute each of them yourself.",
        "There are four: the right one, and three with a name. A dictionary from name to number, "
        "then `np.isclose(answer, number, rtol=1e-6, atol=0)` for each. Without `atol=0` it "
        "forgives 10⁻⁸ in whatever unit.",
        'known = {"ok": np.abs(y_test - y_train.mean()).mean(), ...}; return the name of the '
        'number that is close, and "another-number" if none is.',
    ),
    insight="You have just written what stands behind every green tick of this course.",
)
def check_fault(find_fault):
    function = expect_function(find_fault, "find_fault")
    rng = fresh_generator()
    meanings = {
        "leak": "the error on the test rows with the mean of all rows",
        "in-sample": "the error on the training rows with their own mean",
        "root-mean-square": "the root of the mean square on the test rows",
        "another-number": "which is none of the four",
    }
    for unit in (1.0, 1.0, 1.0, 1e-12, 1e9):
        y_train, y_test, right, cases = separate_errors(rng, unit)

        def judge(answer, what, y_train=y_train, y_test=y_test):
            word = function(answer, y_train.copy(), y_test.copy())
            expect(
                not (isinstance(word, bool) or word is None),
                "not-a-word",
                saw=f"{word!r} for {answer:.4g}, {what}",
                expected='one of the five words, such as "ok"',
                why="Every way through a function needs its return.",
            )
            return word

        word = judge(right, "the right number")
        expect(
            word == "ok",
            "refuses-right",
            saw=f"{word!r} for {right:.4g}, the right number",
            expected='"ok"',
            why="The mean of the training rows, then the mean distance of the test rows from it.",
        )
        word = judge(right * (1 + 1e-12), "the right number but for rounding")
        expect(
            word == "ok",
            "refuses-rounding",
            saw=f"{word!r} for a right number whose last digits differ by rounding",
            expected='"ok"',
            why="Sums taken in another order differ in the last digits, new data in all of them.",
        )

        def expect_others_apart(unit=unit, right=right, judge=judge):
            for factor in (1.003, 0.997, 1.5):
                word = judge(right * factor, "which is another number")
                expect(
                    word == "another-number",
                    "wide-tolerance" if unit == 1.0 else "fixed-tolerance",
                    saw=f"{word!r} for {right * factor:.4g}, where {right:.4g} is right",
                    expected='"another-number"',
                    why="Rounding changes the last of sixteen digits, whatever the unit.",
                )

        if unit != 1.0:  # here a tolerance with a unit would take the named cases for "ok" as well
            expect_others_apart()
        for name, answer in cases.items():
            word = judge(answer, meanings[name])
            expect(
                word != "ok",
                f"passes-{name}",
                saw=f'"ok" for {answer:.4g} ({meanings[name]}), where {right:.4g} is right',
                expected=f'"{name}"',
                why="A check that lets this pass teaches it.",
            )
            expect(
                word == name,
                "other-word",
                saw=f"{word!r} for {answer:.4g}, {meanings[name]}",
                expected=f'"{name}"',
                why="To be told what is wrong is worth more than to be told that it is.",
            )
        expect_others_apart()


@questions.code(
    "q2",
    title="From here on",
    points=1,
    minutes=5,
    hints=(
        "Where do you have to start if the claim is about all larger sizes?",
        "Come from the largest size and go down while the gain exceeds two standard errors.",
        "winner = None; for size, gain, error in reversed order: if gain <= 2 * error: break; "
        "winner = size. Return winner.",
    ),
    insight="A single crossing among many sizes is what chance looks like.",
)
def check_wins(wins_from):
    function = expect_function(wins_from, "wins_from")
    sizes = [30, 100, 300, 900]
    cases = (
        # gains, errors, answer, what another answer means, named by the answer
        ((-0.5, 0.1, 0.9, 0.8), (0.1, 0.1, 0.2, 0.1), 300, {100: "any-gain", 2: "index"}),
        ((0.9, 0.1, 0.1, 0.8), (0.2, 0.2, 0.2, 0.2), 900, {30: "first-crossing", 3: "index"}),
        ((-0.5, 0.3, 0.9, 0.8), (0.1, 0.2, 0.2, 0.1), 300, {100: "one-error"}),
        ((-0.9, -0.8, 0.5, 0.6), (0.1, 0.1, 0.1, 0.1), 300, {30: "sign"}),
        ((0.5, 0.6, 0.7, 0.8), (0.1, 0.1, 0.1, 0.1), 30, {}),
        ((0.1, 0.5, 0.6, 0.7), (0.5, 0.1, 0.1, 0.1), 100, {}),
        (
            (0.9, 0.3, 0.6, 0.9),
            (0.1, 0.1, 0.1, 0.4),
            30,
            {300: "shared-error", 900: "shared-error"},
        ),
        ((0.9, 0.9, 0.25, 0.25), (0.1, 0.1, 0.1, 0.1), 30, {}),
        ((0.2, 0.25, 0.5, 0.5), (0.125, 0.125, 0.125, 0.125), 300, {100: "just-two"}),
        ((0.2, 0.248, 0.5, 0.5), (0.125, 0.125, 0.125, 0.125), 300, {100: "just-two"}),
    )
    for gains, errors, wanted, meanings in cases:
        case = f"for gains {gains} with standard errors {errors} at {sizes}"
        answer = function(list(sizes), np.array(gains), np.array(errors))
        expect(
            answer is not None,
            "no-size",
            saw=f"None {case}",
            expected=f"{wanted}",
            why="Each size has its own error bar, and two are enough. A positive gain is for A.",
        )
        number = expect_number(answer, "wins_from(...)")
        expect(
            number == wanted,
            meanings.get(number, "other-size"),
            saw=f"{number:g} {case}",
            expected=f"{wanted}",
            why="There and at all larger sizes the gain has to exceed two of its standard errors.",
        )
    for gains in ((0.9, 0.8, 0.5, 0.1), (-0.9, -0.8, -0.7, -0.6)):
        answer = function(list(sizes), np.array(gains), np.full(4, 0.1))
        expect(
            answer is None,
            "never",
            saw=f"{answer!r} for gains {gains}, standard errors 0.1",
            expected="None, since at the largest size A is not better by two standard errors",
        )


@questions.code(
    "q3",
    title="From volume to density",
    points=1,
    minutes=4,
    hints=(
        "Mass over volume, both of the same thing. The volume is that of one atom. Of which atom "
        "is the mass?",
        "Of the mean atom: the sum of amount times mass, divided by the sum of the amounts.",
        "parts = pd.Series(parse_formula(formula)); then 1.66054 * (parts * masses).sum() / "
        "parts.sum() / volume_per_atom.",
    ),
    insight="An error of 4 % in the volume is one of 4 % in the density. Exercise ★ asks how "
    "many crystals are predicted about as well as that.",
)
def check_density(density):
    function = expect_function(density, "density")
    masses = {"NaCl": (22.990 + 35.453, 2), "SiO2": (28.085 + 2 * 15.999, 3), "C": (12.011, 1)}
    for formula, (mass, n_atoms) in masses.items():
        volume = float(fresh_generator().uniform(6.0, 18.0))  # never 1 g/cm3
        value = expect_number(function(formula, volume), f'density("{formula}", ...)', unit="g/cm³")
        wanted = 1.66054 * mass / n_atoms / volume
        case = f"{value:.4g} g/cm³ for {formula} with {volume:.1f} Å³ per atom"

        def is_close(factor, value=value, wanted=wanted):
            return math.isclose(value, factor * wanted, rel_tol=2e-3)

        expect(
            n_atoms == 1 or not is_close(n_atoms),
            "formula-mass",
            saw=f"{case}: the mass of the whole formula over the volume of one atom",
            expected=f"{wanted:.3f} g/cm³, the mass of the mean atom",
        )
        expect(
            not is_close(1 / 1.66054),
            "atomic-units",
            saw=f"{case}, which is in u/Å³",
            expected=f"{wanted:.3f} g/cm³",
            why="1 u/Å³ is 1.66054 g/cm³.",
        )
        expect(
            not is_close(1 / 1.66054**2),
            "wrong-way",
            saw=f"{case}, with 1.66054 in the denominator",
            expected=f"{wanted:.3f} g/cm³",
            why="1 u/Å³ is 1.66054 g/cm³, so the number in g/cm³ is the larger one.",
        )
        expect(
            not math.isclose(value, 1 / wanted, rel_tol=2e-3),
            "inverse",
            saw=f"{value:.4g} for {formula} with {volume:.1f} Å³ per atom, which is in cm³/g",
            expected=f"{wanted:.3f} g/cm³",
        )
        expect(
            not is_close(1000),
            "kilograms",
            saw=f"{case}, which is in kg/m³",
            expected=f"{wanted:.3f} g/cm³",
        )
        expect(
            formula != "SiO2" or is_close(1),
            "not-weighted",
            saw=case,
            expected=f"{wanted:.3f} g/cm³",
            why="In SiO₂ two atoms of three are oxygen: the mean mass is weighted by the amounts.",
        )
        expect(
            is_close(1),
            "other-density",
            saw=case,
            expected=f"{wanted:.3f} g/cm³, the mass of the mean atom over its volume",
        )
    once, twice = function("NaCl", 22.0), function("Na2Cl2", 22.0)
    expect(
        math.isclose(once, twice, rel_tol=1e-9),
        "not-intensive",
        saw=f"{once:.3f} g/cm³ for NaCl and {twice:.3f} for Na2Cl2",
        expected="the same",
        why="A density does not depend on how many formula units one writes down.",
    )
