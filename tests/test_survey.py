"""The concept inventory: its form, its answers against simulations, and the score of a class."""

import json
import re
import sys
from collections import Counter

import numpy as np
import pytest

from edex import survey
from edex.cli import main
from edex.course import lecture_folders
from edex.errors import InputError
from edex.survey import LETTERS, Item, gift_form, markdown_form, markdown_key, read_items
from edex.survey_scores import normalised_gain, read_answers, score_survey

ITEMS = read_items()
BY_ID = {item.id: item for item in ITEMS}
each_item = pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)


def make_item(**changes):
    fields = {
        "id": "x1",
        "week": 1,
        "concept": "a concept",
        "stem": "A stem?",
        "options": dict(zip(LETTERS, ("one", "two", "three", "four"), strict=True)),
        "answer": "B",
        "misconceptions": {"A": "belief a", "C": "belief c", "D": "belief d"},
        "explanation": "Because.",
    }
    return Item(**{**fields, **changes})


class TestInventory:
    def test_there_are_24_items_with_ids_that_say_nothing(self):
        assert [item.id for item in ITEMS] == [f"m{number:02d}" for number in range(1, 25)]

    @each_item
    def test_an_item_has_four_different_options_and_one_is_right(self, item):
        assert tuple(item.options) == LETTERS
        assert len(set(item.options.values())) == 4
        assert item.answer in LETTERS
        assert set(item.misconceptions) == set(LETTERS) - {item.answer}

    @each_item
    def test_every_text_is_a_text_and_the_stem_asks_one_question(self, item):
        texts = (item.concept, item.stem, item.explanation)
        for text in (*texts, *item.options.values(), *item.misconceptions.values()):
            assert isinstance(text, str)
            assert len(text) >= 5
        assert item.stem.endswith("?")
        assert item.stem.count("?") == 1
        assert not any("all of the above" in text.lower() for text in item.options.values())

    @each_item
    def test_a_misconception_and_an_explanation_are_sentences(self, item):
        for text in (*item.misconceptions.values(), item.explanation):
            assert text[0].isupper() or text[0].isdigit() or text.startswith("k-means")
            assert text.rstrip(")").endswith(".")

    def test_the_right_letters_are_balanced(self):
        assert Counter(item.answer for item in ITEMS) == dict.fromkeys(LETTERS, 6)

    def test_the_length_of_an_option_gives_nothing_away(self):
        def is_extreme(item, extreme):
            lengths = {letter: len(text) for letter, text in item.options.items()}
            return lengths[item.answer] == extreme(lengths.values())

        assert sum(is_extreme(item, max) for item in ITEMS) <= 8
        assert sum(is_extreme(item, min) for item in ITEMS) <= 8

    @each_item
    def test_options_of_an_item_are_of_similar_length(self, item):
        lengths = [len(text) for text in item.options.values()]
        assert max(lengths) <= 1.3 * min(lengths)

    @each_item
    def test_an_item_belongs_to_a_week_of_the_course(self, item):
        assert 1 <= item.week <= 13

    def test_every_week_that_has_items_has_a_lecture_or_will_have_one(self):
        taught = {lecture.number for lecture in lecture_folders()}
        if len(taught) == 13:
            assert {item.week for item in ITEMS} <= taught

    def test_an_item_without_all_fields_is_told(self):
        entry = {**make_item().__dict__, "hint": "no"}
        del entry["week"]
        with pytest.raises(InputError, match=r"Item x1 .* fields: hint, week\. .* Correct"):
            survey._item(entry)

    @pytest.mark.parametrize(
        "changes",
        [
            {"answer": "E"},
            {"misconceptions": {"A": "a", "B": "b", "C": "c"}},
            {"options": {"A": "one", "B": "two", "C": "three"}},
        ],
    )
    def test_an_item_with_wrong_letters_is_told(self, changes):
        with pytest.raises(InputError, match="must have the options A, B, C, D, one of them"):
            survey._item({**make_item().__dict__, **changes})


class TestAnswers:
    """The right options, where a small simulation can decide."""

    def test_choosing_among_5000_descriptors_makes_a_high_r_of_random_numbers(self):
        assert BY_ID["m06"].answer == "B"
        rng = np.random.default_rng(0)
        X, y = rng.normal(size=(40, 5000)), rng.normal(size=40)
        r = np.corrcoef(np.column_stack([X, y]), rowvar=False)[-1, :-1]
        best = np.column_stack([np.ones(40), X[:, np.argsort(abs(r))[-10:]]])
        predicted = []
        for left_out in range(40):
            rows = np.arange(40) != left_out
            predicted.append(best[left_out] @ np.linalg.lstsq(best[rows], y[rows])[0])
        assert np.corrcoef(predicted, y)[0, 1] > 0.6

    def test_a_small_ridge_penalty_acts_on_the_difference_of_two_like_spectra(self):
        assert BY_ID["m04"].answer == "B"
        x = np.linspace(0, 1, 200)
        spectra = np.exp(-(((x[:, None] - [0.5, 0.51]) / 0.1) ** 2))
        measured = spectra @ [1.3, 0.8] + np.random.default_rng(0).normal(0, 0.2, (500, 200))

        def fit(penalty):
            normal = spectra.T @ spectra + penalty * np.eye(2)
            return np.linalg.solve(normal, spectra.T @ measured.T).T

        free, held = fit(0.0), fit(0.2)
        assert abs(np.diff(held.mean(axis=0))) < 0.5 * abs(np.diff(free.mean(axis=0)))
        assert np.all(held.std(axis=0) < 0.5 * free.std(axis=0))
        assert held.sum(axis=1).mean() == pytest.approx(free.sum(axis=1).mean(), rel=0.01)

    def test_the_winner_of_120_settings_does_worse_on_fresh_compounds(self):
        assert BY_ID["m09"].answer == "B"
        rng = np.random.default_rng(0)
        true = rng.normal(0.25, 0.015, (500, 120))
        score, fresh = (true + rng.normal(0, 0.02, true.shape) for _ in range(2))
        best = score.argmin(axis=1)[:, None]
        won, again = (np.take_along_axis(table, best, 1).mean() for table in (score, fresh))
        assert won + 0.01 < again < 0.25 - 0.01

    def test_the_combined_bar_of_m10_is_the_one_it_says(self):
        assert "0.7 kJ" in BY_ID["m10"].options["B"]
        assert np.hypot(0.5, 0.5) == pytest.approx(0.7, abs=0.01)

    def test_the_error_of_a_perfect_model_is_the_scatter_of_the_labels(self):
        assert BY_ID["m12"].answer == "C"
        errors = np.random.default_rng(0).normal(0, 0.15, 500)
        assert np.sqrt(np.mean(errors**2)) == pytest.approx(0.15, rel=0.1)

    def test_a_change_of_unit_changes_neighbours_and_makes_density_count(self):
        assert BY_ID["m13"].answer == "A"
        rng = np.random.default_rng(0)
        density, kelvin = rng.uniform(2, 5, 200), rng.uniform(900, 2900, 200)

        def nearest(*columns):
            points = np.column_stack(columns)
            distances = np.linalg.norm(points[:, None] - points, axis=2)
            np.fill_diagonal(distances, np.inf)
            return distances.argmin(axis=1)

        alone, before = nearest(kelvin), nearest(density, kelvin)
        after = nearest(1e3 * density, kelvin)
        assert np.mean(before == alone) > 0.5
        assert np.mean(after == before) < 0.1

    def test_the_first_component_of_a_drifting_lamp_is_the_drift(self):
        assert BY_ID["m14"].answer == "B"
        rng = np.random.default_rng(0)
        time, channel = np.linspace(0, 1, 500)[:, None], np.linspace(0, 1, 300)
        drift = 1 + 0.15 * np.sin(9 * time)
        peak = 0.05 * (time > 0.5) * np.exp(-(((channel - 0.8) / 0.02) ** 2))
        spectra = drift * (0.3 + np.exp(-(((channel - 0.4) / 0.15) ** 2))) + peak
        spectra += rng.normal(0, 0.01, spectra.shape)
        centred = spectra - spectra.mean(axis=0)
        first = np.linalg.svd(centred, full_matrices=False)[0][:, 0]
        assert abs(np.corrcoef(first, drift[:, 0])[0, 1]) > 0.99
        assert abs(np.corrcoef(first, time[:, 0] > 0.5)[0, 1]) < 0.8

    def test_k_means_divides_an_even_cloud_into_as_many_parts_as_asked(self):
        from sklearn.cluster import KMeans

        assert BY_ID["m15"].answer == "D"
        grains = np.random.default_rng(0).uniform(size=(3000, 2))
        fits = [KMeans(k, n_init=3, random_state=0).fit(grains) for k in (4, 5)]
        for k, fit in zip((4, 5), fits, strict=True):
            assert min(np.bincount(fit.labels_)) > 0.5 * 3000 / k
        assert fits[1].inertia_ < fits[0].inertia_

    def test_the_probabilities_of_m16_are_off_by_nine_standard_deviations(self):
        assert BY_ID["m16"].answer == "B"
        assert "nine standard deviations" in BY_ID["m16"].explanation
        assert (160 - 110) / np.sqrt(200 * 0.8 * 0.2) == pytest.approx(9, abs=0.5)

    def test_a_forest_never_exceeds_what_it_has_seen(self):
        from sklearn.ensemble import RandomForestRegressor

        assert BY_ID["m18"].answer == "D"
        x = np.random.default_rng(0).uniform(0, 1, (200, 1))
        forest = RandomForestRegressor(20, random_state=0).fit(x, 90 * x[:, 0])
        assert 80 < forest.predict([[2.0]])[0] <= 90

    def test_a_smooth_gaussian_process_does_not_see_a_peak_between_readings(self):
        assert BY_ID["m19"].answer == "A"
        kelvin = np.arange(55.0, 296.0, 10.0)

        def smooth(t):
            return 25 * (1 - np.exp(-t / 80))

        def kernel(a, b):
            return 400 * np.exp(-0.5 * ((a[:, None] - b) / 80) ** 2)

        at = np.array([120.0])
        inverse = np.linalg.inv(kernel(kelvin, kelvin) + 0.01 * np.eye(len(kelvin)))
        mean = kernel(at, kelvin) @ inverse @ smooth(kelvin)
        band = 2 * np.sqrt(kernel(at, at) - kernel(at, kelvin) @ inverse @ kernel(kelvin, at))
        peak = 60 * np.exp(-0.5 * ((kelvin - 120) / 0.8) ** 2)
        assert peak.max() < 1e-6  # no reading notices it
        assert abs(smooth(at) + 60 - mean) > 20 * band

    def test_one_of_eight_near_copies_is_hardly_missed_and_all_eight_are(self):
        from sklearn.ensemble import RandomForestRegressor

        assert BY_ID["m20"].answer == "C"
        rng = np.random.default_rng(0)
        packing, others = rng.normal(size=600), rng.normal(size=(600, 2))
        copies = packing[:, None] + rng.normal(0, 0.15, (600, 8))
        X = np.column_stack([copies, others])
        y = 10 * packing + 4 * others[:, 0] + 2 * rng.normal(size=600)
        forest = RandomForestRegressor(60, max_features=0.34, random_state=0).fit(X[:300], y[:300])

        def error(shuffled):
            test = X[300:].copy()
            test[:, shuffled] = rng.permutation(test[:, shuffled])
            return np.abs(forest.predict(test) - y[300:]).mean()

        alone = np.array([error([column]) for column in range(8)]) / error([])
        assert alone.mean() == pytest.approx(1.1, abs=0.1)
        assert error(list(range(8))) / error([]) > 3

    def test_a_right_gradient_with_a_long_step_raises_the_misfit(self):
        assert BY_ID["m22"].answer == "D"
        x, k = 0.4, 10.0  # misfit k x^2 / 2 = 0.8
        after = x - 0.254 * k * x
        assert k * x**2 / 2 == pytest.approx(0.8)
        assert k * after**2 / 2 == pytest.approx(1.9, abs=0.01)

    def test_only_the_sliding_filter_finds_a_pattern_that_has_moved(self):
        assert BY_ID["m23"].answer == "B"
        channel = np.arange(500)

        def curve(place):
            return sum(np.exp(-(((channel - place - d) / 3) ** 2)) for d in (-8, 8))

        weights = np.mean([curve(place) for place in range(100, 151)], axis=0)
        pattern = curve(120)[100:141]
        assert curve(300) @ weights < 0.01 * (curve(120) @ weights)
        responses = [np.correlate(curve(place), pattern, "same").max() for place in (120, 300)]
        assert responses[1] == pytest.approx(responses[0], rel=1e-6)


def read_gift(text):
    """Read multiple-choice questions of GIFT by the rules of its description.

    A second, independent reading: characters after a backslash are themselves.
    """
    questions = {}
    for block in re.split(r"\n\s*\n", text):
        if not block.strip() or block.startswith("$CATEGORY:"):
            continue
        hidden = re.sub(r"\\(.)", lambda match: chr(0xE000 + ord(match[1])), block.strip())
        parts = re.fullmatch(r"::(.+?)::(?:\[plain\])?([^{}]*)\{([^{}]*)\}", hidden, re.S)
        answers, _, general = parts[3].partition("####")
        options = [
            (mark == "=", option.strip(), feedback.strip())
            for mark, option, feedback in re.findall(r"([=~])([^=~#]*)#([^=~#]*)", answers)
        ]

        def shown(text):
            return re.sub(r"[\ue000-\uefff]", lambda match: chr(ord(match[0]) - 0xE000), text)

        questions[shown(parts[1])] = (
            shown(parts[2]).strip(),
            [(is_right, shown(option), shown(feedback)) for is_right, option, feedback in options],
            shown(general).strip(),
        )
    return questions


class TestForms:
    def test_the_form_has_every_stem_and_option_and_no_answer(self):
        text = markdown_form(ITEMS)
        for item in ITEMS:
            assert item.stem in text
            assert all(option in text for option in item.options.values())
            assert item.explanation not in text
            assert not any(belief in text for belief in item.misconceptions.values())

    def test_the_key_explains_every_item(self):
        text = markdown_key(ITEMS)
        for item in ITEMS:
            assert f"**{item.answer}** {item.options[item.answer]}\n\n{item.explanation}" in text
            assert all(f"- {wrong}: {b}" in text for wrong, b in item.misconceptions.items())

    def test_gift_reads_back_as_the_inventory(self):
        questions = read_gift(gift_form(ITEMS))
        assert list(questions) == [item.id for item in ITEMS]
        for item in ITEMS:
            stem, options, general = questions[item.id]
            assert stem == item.stem
            assert general == item.explanation
            assert [option for _, option, _ in options] == list(item.options.values())
            assert [letter for letter, row in zip(LETTERS, options, strict=True) if row[0]] == [
                item.answer
            ]
            for letter, (_, _, feedback) in zip(LETTERS, options, strict=True):
                assert item.misconceptions.get(letter, "Right.") in feedback

    @pytest.mark.parametrize(
        "text",
        [
            "a ~ b",
            "E = mc",
            "# 3",
            "{x}",
            "1:2",
            "back\\slash",
            "\\n",
            "~=#{}:",
            "::x::",
            "5% ####",
        ],
    )
    def test_gift_escapes_what_has_a_meaning(self, text):
        options = dict(zip(LETTERS, (text, "two", "three", "four"), strict=True))
        beliefs = {"A": text, "C": "c", "D": "d"}
        item = make_item(stem=text, options=options, misconceptions=beliefs, explanation=text)
        stem, read, general = read_gift(gift_form([item]))["x1"]
        assert (stem, general) == (text, text)
        assert read[0] == (False, text, f"The idea behind it: {text}")

    def test_gift_escapes_one_by_one(self):
        assert survey._gift("a~b=c#d{e}f:g\\h") == "a\\~b\\=c\\#d\\{e\\}f\\:g\\\\h"

    def test_a_paragraph_of_gift_has_no_empty_line(self):
        item = make_item(stem="One line\n\nand another?")
        assert read_gift(gift_form([item]))["x1"][0] == "One line and another?"


@pytest.fixture
def table(tmp_path):
    def table(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return table


# m01 is A, m02 is C, m03 is D. Ada and Bo are in both rounds.
BEFORE = "student,m01,m02,m03\nada,A,A,A\nbo,B,C,A\ncy,A,C,D\n"
AFTER = "student,m03,m01,m02\nbo,D,A,c\ndi,A,A,A\nada,A, a ,B\n"


class TestScore:
    @pytest.mark.parametrize(
        ("before", "after", "gain"),
        [(0.5, 0.75, 0.5), (0.4, 1.0, 1.0), (0.3, 0.3, 0.0), (0.5, 0.25, -0.5), (1.0, 1.0, None)],
    )
    def test_the_gain_is_what_was_gained_of_what_could_be_gained(self, before, after, gain):
        found = normalised_gain(before, after)
        assert found is None if gain is None else found == pytest.approx(gain)

    def test_a_class_is_scored_as_by_hand(self, table):
        """By hand: Ada 1/3 and 1/3, Bo 1/3 and 3/3; the mean 1/3 and 2/3; (1/3)/(2/3) = 1/2."""
        before, after = table("b.csv", BEFORE), table("a.csv", AFTER)
        result = score_survey(read_answers(before, ITEMS), read_answers(after, ITEMS), ITEMS)
        assert (result.n_before, result.n_after, result.n_matched) == (3, 3, 2)
        assert result.before == pytest.approx(1 / 3)
        assert result.after == pytest.approx(2 / 3)
        assert result.gain == pytest.approx(1 / 2)
        assert [row.item.id for row in result.items] == ["m01", "m02", "m03"]
        assert [row.before for row in result.items] == [0.5, 0.5, 0.0]
        assert [row.after for row in result.items] == [1.0, 0.5, 0.5]
        assert [(row.wrong, row.wrong_share) for row in result.items] == [
            ("", 0.0), ("B", 0.5), ("A", 0.5),
        ]  # fmt: skip

    def test_the_error_bar_is_that_of_a_mean_where_that_is_known(self):
        """Nobody right before: the gain is the mean share after, its error that of a mean."""
        rng = np.random.default_rng(1)
        names = [f"s{number}" for number in range(60)]
        item = BY_ID["m01"]
        before = {name: {"m01": "B"} for name in names}
        after = {name: {"m01": "A" if rng.random() < 0.4 else "B"} for name in names}
        result = score_survey(before, after, [item])
        share = result.after
        assert result.gain == share
        assert result.standard_error == pytest.approx(np.sqrt(share * (1 - share) / 60), rel=0.1)

    def test_the_error_bar_comes_with_the_seed(self, table):
        answers = [read_answers(table(n, t), ITEMS) for n, t in (("b", BEFORE), ("a", AFTER))]
        bars = [score_survey(*answers, ITEMS, random_state=s).standard_error for s in (0, 0, 1)]
        assert bars[0] == bars[1] != bars[2]

    def test_one_student_has_no_error_bar_and_a_full_score_no_gain(self):
        full = {"ada": {"m01": "A"}}
        result = score_survey(full, full, [BY_ID["m01"]])
        assert (result.gain, result.standard_error) == (None, None)

    def test_a_blank_counts_as_not_right(self, table):
        path = table("a.csv", "student,m01,m02\nada,,C\n")
        answers = read_answers(path, ITEMS)
        assert answers == {"ada": {"m01": "", "m02": "C"}}
        assert score_survey(answers, answers, ITEMS).after == 0.5

    def test_the_text_of_an_option_counts_as_its_letter(self, table):
        text = BY_ID["m02"].options["C"]
        path = table("a.csv", f'\ufeffstudent,m02\nada,"{text} "\n')
        assert read_answers(path, ITEMS) == {"ada": {"m02": "C"}}


# What is wrong with a table: its text, what is said.
WRONG = {
    "an unknown item": ("student,m99\nada,A\n", r"unknown: 'm99'\. Rename or remove"),
    "no student": ("name,m01\nada,A\n", "It must have 'student' and one column for each item"),
    "no item": ("student\nada\n", "from m01 to m24"),
    "an item twice": ("student,m01,m01\nada,A,B\n", "each once"),
    "nothing": ("", "has the columns none"),
    "a letter": ("student,m01\nada,E\n", r"row 2: the answer to m01 is 'E'\. Answers are the"),
    "two letters": ("student,m01\nada,AB\n", "the answer to m01 is 'AB'"),
    "a student twice": (
        "student,m01\nada,A\nbo,B\nada,B\n",
        r"row 4: student 'ada' is there twice",
    ),
    "no name": ("student,m01\n ,A\n", "row 2: no student"),
    "too many values": ("student,m01\nada,A,B\n", "row 2 has more values than there are columns"),
}


class TestErrors:
    @pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
    def test_a_table_that_is_wrong_is_told(self, table, text, said):
        with pytest.raises(InputError, match=said):
            read_answers(table("a.csv", text), ITEMS)

    def test_a_table_that_is_no_text_is_told(self, tmp_path):
        (tmp_path / "a.csv").write_bytes(b"student,m01\n\xff\xfe,A\n")
        with pytest.raises(InputError, match=r"cannot be read as a table.*CSV UTF-8"):
            read_answers(tmp_path / "a.csv", ITEMS)

    def test_nobody_in_both_rounds_is_told(self):
        with pytest.raises(InputError, match=r"None of the 1 students before and 2 after"):
            score_survey({"a": {"m01": "A"}}, {"b": {"m01": "A"}, "c": {"m01": "A"}}, ITEMS)

    def test_rounds_that_ask_different_items_are_told(self):
        with pytest.raises(InputError, match="Only one of the two tables has m02, m03"):
            score_survey({"a": {"m01": "A", "m02": "A"}}, {"a": {"m01": "A", "m03": "A"}}, ITEMS)


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Call ``edex survey`` in an empty folder and return exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["edex", "survey", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        shown = capsys.readouterr()
        return caught.value.code or 0, shown.out, shown.err

    return call


class TestCommand:
    def test_forms_and_key_are_printed_or_written(self, call, tmp_path):
        assert call("form") == (0, markdown_form(ITEMS), "")
        assert call("key") == (0, markdown_key(ITEMS), "")
        code, out, err = call("form", "--to", "gift", "--out", "quiz.txt")
        assert (code, out, err) == (0, "", "Wrote quiz.txt.\n")
        assert (tmp_path / "quiz.txt").read_text(encoding="utf-8") == gift_form(ITEMS)

    def test_the_score_names_what_most_still_get_wrong(self, call, table):
        table("b.csv", BEFORE)
        table("a.csv", AFTER.replace("bo,D,A,c", "bo,A,A,c"))
        code, out, _ = call("score", "b.csv", "a.csv")
        assert code == 0
        assert "2 students in both rounds; 2 more in one round alone are left out" in out
        assert re.search(r"^m01 +2 +50% +100%  baseline$", out, re.M)
        assert re.search(r"^mean +33% +50%$", out, re.M)
        assert "Normalised gain <g> = 0.25 ± " in out
        belief = BY_ID["m03"].misconceptions["A"]
        assert f"- m03, {BY_ID['m03'].concept} (week 2): A (100%), {belief}" in out
        assert "- m01" not in out

    def test_the_score_is_json_too(self, call, table):
        table("b.csv", BEFORE)
        table("a.csv", AFTER)
        report = json.loads(call("score", "b.csv", "a.csv", "--json")[1])
        assert report["n_matched"] == 2
        assert report["gain"] == pytest.approx(0.5)
        assert report["gain_standard_error"] > 0
        assert report["items"][0] == {
            "id": "m01", "week": 2, "concept": "baseline", "before": 0.5, "after": 1.0,
            "wrong": None, "wrong_share": 0.0, "misconception": None,
        }  # fmt: skip

    def test_a_full_score_before_is_said(self, call, table):
        table("b.csv", "student,m01\nada,A\n")
        out = call("score", "b.csv", "b.csv")[1]
        assert "not defined, since everything was right before" in out

    def test_a_file_that_is_not_there_is_one_message(self, call):
        code, out, err = call("score", "b.csv", "a.csv")
        assert (code, out) == (2, "")
        assert err.startswith("edex: There is no file b.csv.")
