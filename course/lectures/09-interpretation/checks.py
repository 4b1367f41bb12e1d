"""Checks and hints of the lecture "interpretation".

Each check tests what must be true of a right answer: the promises that Shapley values keep, or an
independent computation on the films of the notebook. No number of an earlier run is stored here.
"""

import numpy as np
from sklearn.base import clone
from sklearn.metrics import r2_score

from edex.checks import (
    Questions,
    expect,
    expect_function,
    expect_number,
    expect_pair,
    fresh_generator,
)
from edex.examples import film_signal

questions = Questions("interpretation")

_TURNED = ("temperature", "holder_temperature", "oxygen")


@questions.code(
    "q1",
    title="Fair shares of two knobs",
    points=2,
    minutes=5,
    hints=(
        "What do the two achieve together that neither has alone? It belongs to both.",
        "Each gets what it does alone, first - none or second - none, and half of the rest.",
        "The rest is both - first - second + none. The shares add up to both - none.",
    ),
    insight="For two players the proof of the lecture is one line: three games, one for each team, "
    "and the pair's game is split in halves.",
)
def check_fair_shares(fair_shares):
    function = expect_function(fair_shares, "fair_shares")
    rng = fresh_generator()
    none, alone = rng.uniform(1, 2), rng.uniform(0.5, 1.5)

    def ask(*worth):
        return expect_pair(function(*worth), "fair_shares(...)", parts="first knob, second knob")

    first, second = ask(none, none + alone, none, none + alone)
    expect(
        np.isclose(second, 0.0),
        "dummy",
        saw=f"a share of {second:.3f} for a knob that never changes anything",
        expected="0",
        why="Who adds nothing to any team gets nothing.",
    )
    expect(
        np.isclose(first, alone),
        "baseline-forgotten",
        saw=f"a share of {first:.3f} for a knob that raises the output by {alone:.3f}",
        expected=f"{alone:.3f}: what was there with neither knob belongs to nobody",
    )
    worth = none, none + alone, none + 0.3, none + alone + 1.7
    shares = ask(*worth)
    expect(
        np.isclose(sum(shares), worth[3] - worth[0]),
        "efficiency",
        saw=f"shares that add up to {sum(shares):.3f}",
        expected=f"{worth[3] - worth[0]:.3f}, what both achieve together",
        why="Leaving each out in turn pays a synergy twice, turning each alone pays it to nobody.",
    )
    one, two = ask(none, none + alone, none + alone, none + 3.1)
    expect(
        np.isclose(one, two),
        "symmetry",
        saw=f"{one:.3f} and {two:.3f} for knobs that do the same",
        expected="equal shares",
        why="If the first always comes first, the last one takes the whole synergy. Average over "
        "both orders.",
    )
    orders = [
        (worth[1] - worth[0], worth[3] - worth[1]),
        (worth[3] - worth[2], worth[2] - worth[0]),
    ]
    expected = np.mean(orders, axis=0)
    expect(
        np.allclose(shares, expected),
        "another-rule",
        saw=f"{shares[0]:.3f} and {shares[1]:.3f}",
        expected=f"{expected[0]:.3f} and {expected[1]:.3f}, the mean over both orders",
        why="Each gets what it does alone. The synergy is split evenly, not in proportion.",
    )


@questions.code(
    "q2",
    title="Partners are not twins",
    points=2,
    minutes=5,
    hints=(
        "The question is what features are worth, so the model has to be trained without them.",
        "Copy the function `worth`. Put `booster` in the place of `forest`, and `X_many`, "
        "`y_many`, `seen`, `unseen` in that of `X`, `y`, `train`, `test`.",
        'Call it with `["pressure"]`, with `["thickness"]`, and with both in one list. Compare the '
        "last number with the sum of the first two.",
    ),
    insight="A fifth of the variance is in the product, and all three numbers show it. Twins are "
    "worth more together than the sum, partners less. A list of single importances shows neither.",
)
def check_worth(
    worth_pressure,
    worth_thickness,
    worth_pair,
    better_together,
    X_many,
    y_many,
    seen,
    unseen,
    booster,
):
    def scores(model, table):
        return np.array(
            [r2_score(y_many[rows], model.predict(table.iloc[rows])) for rows in (seen, unseen)]
        )

    full = scores(booster, X_many)
    answers = {
        "worth_pressure": (worth_pressure, ["pressure"]),
        "worth_thickness": (worth_thickness, ["thickness"]),
        "worth_pair": (worth_pair, ["pressure", "thickness"]),
    }
    right = {}
    for name, (value, columns) in answers.items():
        number = expect_number(value, name)
        fewer = X_many.drop(columns=columns)
        without = scores(clone(booster).fit(fewer.iloc[seen], y_many[seen]), fewer)
        on_train, right[name] = full - without
        expect(
            not np.isclose(number, on_train, atol=1e-6),
            "training-rows",
            saw=f"`{name}` = {number:.3f}, the loss on the films of the training",
            expected="the loss on the films in `unseen`",
            why="On training films a model makes up for a lost cause with what it remembers.",
        )
        expect(
            not np.isclose(number, without[1], atol=1e-6),
            "a-score",
            saw=f"`{name}` = {number:.3f}, the score without the columns",
            expected="what is lost: the score with all columns minus that score",
        )
        expect(
            not np.isclose(number, -right[name], atol=0.006),
            "sign",
            saw=f"`{name}` = {number:.3f}",
            expected="the score with all columns minus the score without: positive if they help",
        )
        blinded = X_many.assign(**{column: X_many[column].mean() for column in columns})
        filled = full[1] - scores(booster, blinded)[1]
        expect(
            not np.isclose(number, filled, atol=1e-6),
            "not-retrained",
            saw=f"`{name}` = {number:.3f}, from the old model with a constant in that column",
            expected="a model that was trained without the column",
            why="An old model cannot turn to other features. That asks what it uses, not what "
            "the column is worth.",
        )
        expect(
            np.isclose(number, right[name], atol=0.006),
            "another-number",
            saw=f"`{name}` = {number:.3f}",
            expected=f"R² of `booster` minus R² of a clone trained without {' and '.join(columns)}",
            why="Not shuffled, but trained again; and not the forest of the small laboratory, for "
            "which `worth` was written.",
        )
    is_more = right["worth_pair"] > right["worth_pressure"] + right["worth_thickness"]
    expect(
        isinstance(better_together, bool | np.bool_) and bool(better_together) == is_more,
        "verdict",
        saw=f"`better_together` = {better_together!r}",
        expected="True or False, by comparing your own three numbers",
        why="Without its partner a factor of a product is useless, so each alone is worth nearly "
        "as much as the pair.",
    )


@questions.code(
    "q3",
    title="The model and the world",
    points=2,
    minutes=6,
    hints=(
        "Turn one knob in a copy of the table, ask the forest and ask the laboratory.",
        "`turned = X.assign(**{column: X[column] + X[column].std()})`; the mean of a difference of "
        "two predictions, and the mean of a difference of two signals.",
        "`np.mean(forest.predict(turned) - forest.predict(X))`, and the same with `film_signal`. "
        "Which setting has a number in one dictionary and zero in the other?",
    ),
    insight="The forest would tell you to adjust a thermometer. To paint over a display "
    "does not change a film.",
)
def check_world(in_model, in_lab, fooled, X, forest):
    for name, value in (("in_model", in_model), ("in_lab", in_lab)):
        expect(
            isinstance(value, dict) and set(value) == set(_TURNED),
            "wrong-keys",
            saw=f"`{name}` is {list(value) if isinstance(value, dict) else type(value).__name__}",
            expected=f"a dictionary with the keys {', '.join(_TURNED)}",
        )
    both = X.assign(**{name: X[name] + X[name].std() for name in _TURNED[:2]})
    together = np.mean(forest.predict(both) - forest.predict(X))
    for name in _TURNED:

        def change(by, name=name):
            turned = X.assign(**{name: X[name] + by})
            return {
                "in_model": np.mean(forest.predict(turned) - forest.predict(X)),
                "in_lab": np.mean(film_signal(turned) - film_signal(X)),
            }

        truth, one_unit = change(X[name].std()), change(1.0)
        for which, answers in (("in_model", in_model), ("in_lab", in_lab)):
            number = expect_number(answers[name], f"{which}[{name!r}]", unit="decades")
            expect(
                not np.isclose(number, together, atol=1e-9),
                "both-turned",
                saw=f"{number:.3f} decades for {name}, the change when both thermometers rise",
                expected="one column raised, all others as they were",
                why="A knob is turned alone. Start from a fresh copy of X each time.",
            )
            expect(
                not (np.isclose(number, -truth[which], atol=1e-9) and abs(number) > 1e-6),
                "sign",
                saw=f"{number:.3f} decades for {name}",
                expected="the value after turning minus the value before",
            )
            expect(
                not (np.isclose(number, one_unit[which], atol=1e-9) and abs(number) > 1e-6),
                "one-unit",
                saw=f"{number:.4f} decades for {name}, the change for one unit",
                expected=f"the change for one standard deviation, {X[name].std():.2f} units",
                why="One kelvin and one per cent of oxygen are not comparable. Standard deviations "
                "are.",
            )
            expect(
                np.isclose(number, truth[which], atol=0.006),
                "another-change",
                saw=f"`{which}` = {number:.3f} decades for {name}",
                expected="the mean change over all 400 films when that column rises by one "
                "standard deviation",
                why="`in_model` asks the forest, `in_lab` asks `film_signal`.",
            )
    expect(
        fooled == "holder_temperature",
        "not-fooled",
        saw=f"`fooled` = {fooled!r}",
        expected="the name of the setting with a change in the model and none in the laboratory",
    )
