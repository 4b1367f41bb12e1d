"""Saving and loading: the same probabilities, one whole file, and nothing in it is ever run."""

import json
import pickle
import zipfile

import numpy as np
import pytest
from sklearn.base import clone
from toy_curves import GRID, toy_classifier, toy_curves

from edex.errors import DataError, InputError
from edex.spacegroup.classifier import SpaceGroupClassifier

MODELS = ["logistic_regression", "small_cnn", "ensemble"]


@pytest.fixture(scope="module")
def curves():
    return toy_curves(200)


@pytest.fixture(scope="module")
def saved(curves, tmp_path_factory):
    """Return (classifier, path of its file) for a model."""
    folder = tmp_path_factory.mktemp("models")
    kept = {}

    def get(model):
        if model not in kept:
            classifier, ending = toy_classifier(model), ".keras"
            if model == "logistic_regression":
                classifier = clone(classifier).set_params(scaling="min_max").fit(*curves[:2])
                ending = ".npz"
            classifier.save(folder / (model + ending))
            kept[model] = classifier, folder / (model + ending)
        return kept[model]

    return get


def rewrite(path, target, changes):
    """Copy a zip file with some members changed (or left out, for None)."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in {*old.namelist(), *changes}:
            content = changes.get(name, old.read(name) if name in old.namelist() else b"")
            if content is not None:
                new.writestr(name, content)
    return target


def metadata_of(path):
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("edex.json"))


@pytest.mark.parametrize("model", MODELS)
def test_a_loaded_classifier_gives_the_same_probabilities(model, saved, curves):
    classifier, path = saved(model)
    loaded = SpaceGroupClassifier.load(path)
    np.testing.assert_allclose(
        loaded.predict_proba(curves[0]), classifier.predict_proba(curves[0]), atol=1e-6
    )
    assert loaded.model == model
    assert loaded.scaling == classifier.scaling
    assert loaded.temperature_ == classifier.temperature_
    np.testing.assert_array_equal(loaded.classes_, [2, 62, 225])
    np.testing.assert_array_equal(loaded.r_, GRID)
    assert np.array_equal(
        loaded.predict_top_k(curves[0], 2), classifier.predict_top_k(curves[0], 2)
    )


def test_a_loaded_classifier_can_be_saved_and_fitted_again(saved, curves, tmp_path):
    _, path = saved("logistic_regression")
    loaded = SpaceGroupClassifier.load(path)
    loaded.save(tmp_path / "copy.npz")
    copy = SpaceGroupClassifier.load(tmp_path / "copy.npz")
    X, y, _ = curves
    assert np.array_equal(copy.predict_proba(X), loaded.predict_proba(X))
    assert copy.fit(X, y).score(X, y) > 0.4


def test_two_classes_survive_the_file_too(curves, tmp_path):
    X, y, _ = curves
    two = y != 62
    classifier = SpaceGroupClassifier("logistic_regression").fit(X[two], y[two])
    classifier.save(tmp_path / "two.npz")
    loaded = SpaceGroupClassifier.load(tmp_path / "two.npz")
    np.testing.assert_allclose(loaded.predict_proba(X), classifier.predict_proba(X), atol=1e-12)


def test_the_file_holds_grid_classes_and_versions_and_opens_in_plain_keras(saved, curves):
    from edex.spacegroup.keras_backend import import_keras, known_warnings_ignored
    from edex.spacegroup.scaling import scale_curves

    classifier, path = saved("small_cnn")
    content = metadata_of(path)
    assert content["classes"] == [2, 62, 225]
    np.testing.assert_array_equal(content["r"], GRID)
    assert {"edex", "keras", "numpy", "python"} <= set(content["versions"])
    scaled = scale_curves(curves[0])
    with known_warnings_ignored():
        network = import_keras().saving.load_model(path, safe_mode=True)
    np.testing.assert_allclose(network(scaled), classifier.model_(scaled), atol=1e-6)


@pytest.mark.parametrize("model", ["logistic_regression", "small_cnn"])
@pytest.mark.parametrize("part", [0.0, 0.01, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_refused(model, part, saved, tmp_path):
    _, path = saved(model)
    content = path.read_bytes()
    cut = tmp_path / path.name
    cut.write_bytes(content[: int(part * len(content))])
    with pytest.raises(DataError, match="cut off"):
        SpaceGroupClassifier.load(cut)


@pytest.mark.parametrize("model", ["logistic_regression", "small_cnn"])
def test_a_flipped_byte_is_noticed_or_changes_nothing(model, saved, curves, tmp_path):
    classifier, path = saved(model)
    content = path.read_bytes()
    damaged = tmp_path / path.name
    expected = classifier.predict_proba(curves[0][:5])
    n_refused = 0
    for place in np.linspace(0, len(content) - 1, 60).astype(int):
        damaged.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        try:
            found = SpaceGroupClassifier.load(damaged).predict_proba(curves[0][:5])
        except DataError:
            n_refused += 1
        else:
            np.testing.assert_allclose(found, expected, atol=1e-6)
    assert n_refused > 40


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"classes": [2, 62]}, "damaged"),
        ({"classes": [2, 62, 999]}, r"its space groups are \[2, 62, 999\]"),
        ({"classes": [62, 2, 225]}, "its space groups are"),
        ({"classes": [2, 2, 62]}, "its space groups are"),
        ({"classes": ["2", "62", "225"]}, "its space groups are"),
        ({"n_points": 100}, "its grid of 209 distances does not fit 100 points"),
        ({"n_points": 100, "r": None}, "damaged"),
        ({"n_points": 10**9, "r": None}, "its curves have 1000000000 points"),
        ({"r": [1.0]}, "its grid of 1 distances"),
        ({"r": 7}, "damaged"),
        ({"temperature": -1.0}, "its temperature is -1.0"),
        ({"temperature": None}, "damaged"),
        ({"scaling": "log"}, "its scaling is 'log'"),
        ({"model": "os.system"}, "its model is 'os.system'"),
        ({"networks": ["paper_cnn"]}, "its model is"),
        ({"format": 99}, "of format 99, and edex .* reads format 1"),
    ],
)
@pytest.mark.parametrize("model", ["logistic_regression", "small_cnn"])
def test_contradicting_metadata_are_refused(model, changes, message, saved, tmp_path):
    _, path = saved(model)
    content = json.dumps(metadata_of(path) | changes)
    changed = rewrite(path, tmp_path / path.name, {"edex.json": content})
    with pytest.raises(DataError, match=f"{message}.*Nothing was taken from it"):
        SpaceGroupClassifier.load(changed)


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff", b"{}", b"null"])
def test_metadata_that_are_no_metadata_are_refused(content, saved, tmp_path):
    _, path = saved("logistic_regression")
    changed = rewrite(path, tmp_path / path.name, {"edex.json": content})
    with pytest.raises(DataError, match="Nothing was taken from it"):
        SpaceGroupClassifier.load(changed)


@pytest.mark.parametrize("model", ["logistic_regression", "small_cnn"])
def test_files_of_other_programs_are_refused(model, saved, tmp_path):
    _, path = saved(model)
    foreign = rewrite(path, tmp_path / path.name, {"edex.json": None})
    with pytest.raises(DataError, match=r"not one of edex: it has no edex\.json"):
        SpaceGroupClassifier.load(foreign)
    weights = "model.weights.h5" if model == "small_cnn" else "coefficients.npy"
    empty = rewrite(path, tmp_path / path.name, {weights: None})
    with pytest.raises(DataError, match="damaged"):
        SpaceGroupClassifier.load(empty)


class Bomb:
    """What a hostile file would hold: unpickling it leaves a mark."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return (exec, (f"open({str(self.mark)!r}, 'w').close()",))


@pytest.mark.parametrize("name", ["model.pkl", "model.keras", "model.npz"])
def test_a_pickle_is_refused_unread(name, tmp_path):
    mark, path = tmp_path / "mark", tmp_path / name
    path.write_bytes(pickle.dumps(Bomb(mark)))
    with pytest.raises(DataError, match="a pickle, which could run any code"):
        SpaceGroupClassifier.load(path)
    assert not mark.exists()


def test_a_pickle_inside_an_array_is_refused_unread(saved, tmp_path):
    _, path = saved("logistic_regression")
    mark, member = tmp_path / "mark", tmp_path / "bomb.npy"
    np.save(member, np.array([Bomb(mark)], dtype=object), allow_pickle=True)
    changed = rewrite(path, tmp_path / path.name, {"mean.npy": member.read_bytes()})
    with pytest.raises(DataError, match="damaged"):
        SpaceGroupClassifier.load(changed)
    assert not mark.exists()


def test_the_layers_that_a_file_names_are_never_created(saved, curves, tmp_path):
    classifier, path = saved("small_cnn")
    mark = tmp_path / "mark"
    hostile = {
        "module": "builtins", "class_name": "exec", "config": f"open({str(mark)!r}, 'w')",
        "registered_name": None, "build_config": None,
    }  # fmt: skip
    changed = rewrite(path, tmp_path / path.name, {"config.json": json.dumps(hostile)})
    loaded = SpaceGroupClassifier.load(changed)
    assert not mark.exists()
    np.testing.assert_allclose(
        loaded.predict_proba(curves[0][:5]), classifier.predict_proba(curves[0][:5]), atol=1e-6
    )


def test_a_file_that_would_fill_the_memory_is_refused(saved, tmp_path, monkeypatch):
    _, path = saved("small_cnn")
    monkeypatch.setattr("edex.spacegroup.storage._LARGEST", 100_000)
    with pytest.raises(DataError, match="too large"):
        SpaceGroupClassifier.load(path)


def test_a_save_that_fails_leaves_the_old_file_and_no_litter(saved, curves, tmp_path, monkeypatch):
    classifier, _ = saved("small_cnn")
    path = tmp_path / "model.keras"
    classifier.save(path)
    before = path.read_bytes()

    def fail_late(self, *_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", fail_late)
    with pytest.raises(DataError, match=r"No space left.*what was there before is unchanged"):
        classifier.save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["model.keras"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("model.npz", "should end in .keras, the format of a network. Save it as 'model.keras'"),
        ("model", "should end in .keras"),
        ("absent/model.keras", "The folder .* does not exist"),
    ],
)
def test_a_path_that_does_not_suit_is_refused_before_writing(name, message, saved, tmp_path):
    with pytest.raises(InputError, match=message):
        saved("small_cnn")[0].save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_forest_says_why_it_is_not_saved(curves, tmp_path):
    X, y, _ = curves
    forest = SpaceGroupClassifier("extra_trees", n_trees=5).fit(X, y)
    with pytest.raises(InputError, match="pickle only, and reading a pickle can run any code"):
        forest.save(tmp_path / "forest.npz")


def test_labels_that_are_no_space_groups_are_not_saved(curves, tmp_path):
    X, y, _ = curves
    for names, message in (
        (y.astype(str), "only space group numbers"),
        (y + 200, r"\[202, 262, 425\]; only space group numbers"),
    ):
        classifier = SpaceGroupClassifier("logistic_regression").fit(X, names)
        with pytest.raises(InputError, match=message):
            classifier.save(tmp_path / "model.npz")


def test_an_absent_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"There is no file .*nowhere\.keras"):
        SpaceGroupClassifier.load(tmp_path / "nowhere.keras")
