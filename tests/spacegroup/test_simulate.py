"""The physics of a row. The engine has its own tests; here runs are small and crystals few."""

import pickle

import numpy as np
import pytest
from toy_rows import folder_bytes

from edex.errors import DataError, InputError
from edex.spacegroup import simulate
from edex.spacegroup.conditions import Conditions
from edex.spacegroup.crystal import Crystal
from edex.spacegroup.pdf import default_grid, simulate_pdf
from edex.spacegroup.pdf_table import load_pdfs
from edex.spacegroup.plan import make_plan
from edex.spacegroup.simulate import PdfMaker, make_pdfs
from edex.spacegroup.sources import Source
from edex.spacegroup.structures import load_crystals
from edex.spacegroup.symmetry import analyse_symmetry
from edex.spacegroup.templates import Perturbation, RejectedDrawError

STILL = Perturbation(strain=0.0, scale=0.0, displacement=0.0, substitution=0.0)


def salt(number=225, source_id="salt"):
    return Crystal(
        2.82 * (1 - np.eye(3)), ["Na", "Cl"], [[0] * 3, [0.5] * 3],
        space_group_number=number, prototype="rock salt", source_id=source_id,
    )  # fmt: skip


@pytest.fixture(scope="module")
def crystals():
    """Three small crystals of each of four classes."""
    loaded, _ = load_crystals(classes=[2, 14, 62, 139])
    return [
        crystal
        for number in (2, 14, 62, 139)
        for crystal in [c for c in loaded if c.space_group_number == number and len(c) < 25][:3]
    ]


def maker_of(crystals, *, size=50, conditions=None, perturbation=None, seed=0):
    plan = make_plan(
        [c.space_group_number for c in crystals], [c.prototype for c in crystals],
        size=size, seed=seed,
    )  # fmt: skip
    return PdfMaker(crystals, plan, conditions or Conditions(), perturbation or Perturbation())


class TestRow:
    def test_without_perturbation_it_is_the_pdf_of_the_template(self):
        row = maker_of([salt()], perturbation=STILL)(7)
        expected = simulate_pdf(salt())
        assert np.abs(row.values - expected).max() < 1e-9 * np.abs(expected).max()
        assert row.labels == {
            "template": 0, "formula": "NaCl", "n_atoms": 2, "n_tries": 1,
            "u_iso": 0.008, "qdamp": 0.04, "noise": 0.0,
        }  # fmt: skip

    def test_conditions_of_a_row_are_those_of_its_pdf(self):
        maker = maker_of([salt()], perturbation=STILL, conditions=Conditions.varied())
        for number in range(3):
            row = maker(number)
            u_iso, qdamp = row.labels["u_iso"], row.labels["qdamp"]
            expected = simulate_pdf(salt(), u_iso=u_iso, qdamp=qdamp)
            assert np.abs(row.values - expected).max() < 1e-9 * np.abs(expected).max()

    def test_noise_has_the_stated_strength(self):
        quiet = maker_of([salt()], perturbation=STILL)(0).values
        maker = maker_of([salt()], perturbation=STILL, conditions=Conditions(noise=0.3))
        noisy = [maker(row).values for row in range(30)]
        strength = np.std(np.array(noisy) - quiet) / np.sqrt(np.mean(quiet**2))
        assert strength == pytest.approx(0.3, abs=0.01)

    def test_labels_are_true(self, crystals, monkeypatch):
        """A full search with spglib, which the maker seldom needs, agrees with every label."""
        drawn = []
        original = simulate.perturb

        def spy(*arguments):
            drawn.append(original(*arguments)[0])
            return drawn[-1], arguments[0].orbits

        monkeypatch.setattr(simulate, "perturb", spy)
        maker = maker_of(crystals)
        for row in range(40):
            made = maker(row)
            crystal = drawn[-1]
            template = crystals[made.labels["template"]]
            assert analyse_symmetry(crystal).number == template.space_group_number
            assert crystal.formula == made.labels["formula"]

    def test_rows_do_not_depend_on_what_was_made_before(self, crystals):
        forward, backward = maker_of(crystals), maker_of(crystals)
        one = [forward(row) for row in range(30)]
        two = [backward(row) for row in reversed(range(30))][::-1]
        for a, b in zip(one, two, strict=True):
            assert (a.values == b.values).all()
            assert (a.labels, a.failures) == (b.labels, b.failures)

    def test_a_pickled_maker_makes_the_same_and_is_small(self, crystals):
        maker = maker_of(crystals)
        row = maker(3)
        copy = pickle.loads(pickle.dumps(maker))
        assert (copy(3).values == row.values).all()
        assert len(pickle.dumps(maker)) < 50_000

    def test_only_some_templates_are_held(self, crystals, monkeypatch):
        monkeypatch.setattr(simulate, "_KEPT", 2)
        few, all_ = maker_of(crystals), maker_of(crystals)
        for row in range(12):
            assert (few(row).values == all_(row).values).all()
        assert len(few._templates) <= 2

    def test_the_crystal_is_not_the_template(self, crystals):
        maker = maker_of(crystals)
        same = [
            np.allclose(maker(row).values, simulate_pdf(crystals[maker(row).labels["template"]]))
            for row in range(10)
        ]
        assert not any(same)


class TestQuarantine:
    def test_a_template_with_a_wrong_label_is_replaced_by_others_of_its_class(self, crystals):
        good = [c for c in crystals if c.space_group_number == 139]
        maker = maker_of([*good, salt(139, "mislabelled")])
        rows = [maker(row) for row in range(50)]
        assert all(row.labels["template"] != 3 for row in rows)
        failed = [row for row in rows if row.failures]
        assert failed
        number, reason = failed[0].failures[0]
        assert number == 3
        assert "labelled 139" in reason

    def test_a_template_whose_draws_are_rejected_is_replaced(self, crystals, monkeypatch):
        original = simulate.perturb

        def picky(template, generator, settings):
            if template.crystal.source_id == crystals[0].source_id:
                raise RejectedDrawError("Too close.")
            return original(template, generator, settings)

        monkeypatch.setattr(simulate, "perturb", picky)
        maker = maker_of(crystals[:3])
        rows = [maker(row) for row in range(30)]
        failed = [row for row in rows if row.failures]
        assert failed
        assert all(row.labels["template"] != 0 for row in rows)
        assert failed[0].failures[0] == (
            0, "20 draws in a row were rejected; the last: Too close.",
        )  # fmt: skip
        assert failed[0].labels["n_tries"] > 20

    def test_an_accidental_space_group_is_drawn_again(self, monkeypatch):
        answers = iter([229, 225])
        monkeypatch.setattr(simulate, "find_space_group", lambda crystal: next(answers))
        assert maker_of([salt()])(0).labels["n_tries"] == 2

    def test_a_pdf_that_is_not_finite_is_drawn_again(self, monkeypatch):
        original = simulate.PdfCalculator.calculate
        n_calls = []

        def broken_once(*arguments):
            n_calls.append(1)
            return original(*arguments) * (np.nan if len(n_calls) == 1 else 1.0)

        monkeypatch.setattr(simulate.PdfCalculator, "calculate", broken_once)
        assert maker_of([salt()])(0).labels["n_tries"] == 2

    def test_an_unforeseen_error_of_a_template_does_not_end_the_run(self, crystals, monkeypatch):
        original = simulate.make_template

        def fragile(crystal):
            if crystal.source_id == crystals[1].source_id:
                raise ZeroDivisionError("a bug")
            return original(crystal)

        monkeypatch.setattr(simulate, "make_template", fragile)
        maker = maker_of(crystals[:3])
        reasons = {reason for row in range(30) for _, reason in maker(row).failures}
        assert reasons == {"ZeroDivisionError: a bug"}

    def test_a_class_without_any_good_template_ends_the_run_with_the_reason(self):
        with pytest.raises(DataError, match=r"Row 0 of class 139: .*labelled 139.*more structures"):
            maker_of([salt(139, "mislabelled")])(0)


class TestMakePdfs:
    def test_the_table_is_what_was_asked_for(self, crystals, tmp_path):
        table = make_pdfs(tmp_path / "run", size=60, crystals=crystals, shard_rows=25, workers=1)
        assert table.G.shape == (60, 209)
        assert np.array_equal(table.r, default_grid())
        assert table.labels["space_group_number"].value_counts().to_dict() == {
            2: 15, 14: 15, 62: 15, 139: 15,
        }  # fmt: skip
        known = {c.source_id: (c.space_group_number, c.prototype) for c in crystals}
        for row in table.labels.itertuples():
            assert known[row.template] == (row.space_group_number, row.prototype)
        assert np.isfinite(table.G).all()
        assert len(np.unique(table.G, axis=0)) == 60
        assert table.manifest["settings"]["conditions"]["qmax"] == 23.0
        assert load_pdfs(tmp_path / "run").labels.equals(table.labels)

    def test_two_workers_give_the_bytes_of_one(self, crystals, tmp_path):
        for workers in (1, 2):
            make_pdfs(
                tmp_path / str(workers), size=40, crystals=crystals, shard_rows=7, workers=workers,
                conditions=Conditions.varied(),
            )  # fmt: skip
        assert folder_bytes(tmp_path / "1") == folder_bytes(tmp_path / "2")

    def test_another_seed_gives_other_pdfs_and_is_refused_in_the_same_folder(
        self, crystals, tmp_path
    ):
        options = {"size": 8, "crystals": crystals, "workers": 1}
        one = make_pdfs(tmp_path / "run", **options)
        other = make_pdfs(tmp_path / "other", seed=1, **options)
        assert (one.G != other.G).any(axis=1).all()
        with pytest.raises(InputError, match="seed is 0 there and 1 here"):
            make_pdfs(tmp_path / "run", seed=1, **options)
        with pytest.raises(InputError, match=r"conditions\.u_iso is 0\.008 there and 0\.01 here"):
            make_pdfs(tmp_path / "run", conditions=Conditions(u_iso=0.01), **options)
        with pytest.raises(InputError, match=r"structures\.sha256"):
            make_pdfs(tmp_path / "run", **{**options, "crystals": crystals[:-1]})

    def test_a_complete_folder_needs_no_crystals_to_be_loaded(
        self, crystals, tmp_path, monkeypatch
    ):
        make_pdfs(tmp_path / "run", size=8, crystals=crystals, workers=1)
        monkeypatch.setattr(Source, "load", None)
        assert len(make_pdfs(tmp_path / "run", size=8, crystals=crystals)) == 8

    @pytest.mark.parametrize("name", ["size", "shard_rows"])
    def test_numbers_below_one_are_refused(self, tmp_path, name):
        with pytest.raises(InputError, match=f"{name} is 0; it must be 1 or more"):
            make_pdfs(tmp_path / "run", **{name: 0})

    def test_nothing_is_written_for_wrong_arguments(self, crystals, tmp_path):
        with pytest.raises(InputError, match="is neither a data set"):
            make_pdfs(tmp_path / "run", crystals="no-such-set")
        with pytest.raises(InputError, match="has no space group or no prototype"):
            make_pdfs(tmp_path / "run", crystals=[Crystal(np.eye(3), ["Na"], [[0] * 3])])
        assert not (tmp_path / "run").exists()


class TestSource:
    def test_a_folder_is_known_by_its_structure_files(self, tmp_path):
        (tmp_path / "a.cif").write_text("one")
        (tmp_path / "notes.txt").write_text("not a structure")
        first = Source(tmp_path).digest()
        (tmp_path / "notes.txt").write_text("changed")
        assert Source(str(tmp_path)).digest() == first
        (tmp_path / "a.cif").write_text("two")
        second = Source(tmp_path).digest()
        (tmp_path / "a.cif").rename(tmp_path / "b.cif")
        assert len({first, second, Source(tmp_path).digest()}) == 3
        assert Source(tmp_path).name == "folder"

    def test_crystals_are_known_by_what_they_say(self):
        assert Source([salt()]).digest() == Source([salt()]).digest()
        assert Source([salt()]).digest() != Source([salt(source_id="other")]).digest()

    def test_data_sets_are_known_by_their_files(self, monkeypatch):
        assert len(Source("mp-structures").digest()) == 64
        monkeypatch.setattr("edex.spacegroup.sources.locate", lambda name: {})
        assert Source("amcsd").digest() != Source("mp-structures").digest()

    def test_refused_structures_are_noted_by_name(self, tmp_path):
        (tmp_path / "broken.cif").write_text("this is no CIF")
        (tmp_path / "POSCAR-salt").write_text(
            "salt\n1.0\n0 2.82 2.82\n2.82 0 2.82\n2.82 2.82 0\nNa Cl\n1 1\nDirect\n"
            "0 0 0\n0.5 0.5 0.5\n"
        )
        table = make_pdfs(tmp_path / "run", size=3, crystals=tmp_path, workers=1)
        assert set(table.labels["template"]) == {"POSCAR-salt"}
        assert table.manifest["structures_kept"] == 1
        assert list(table.manifest["structures_refused"]) == ["broken.cif"]
