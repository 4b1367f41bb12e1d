"""The default model is trained once, kept, and trained again only when something changed."""

import numpy as np
import pandas as pd
import pytest

from edex.errors import DataError, InputError
from edex.spacegroup import pretrained
from edex.spacegroup.pdf import default_grid, simulate_pdf
from edex.spacegroup.pretrained import PRESETS, Preset, default_classifier, default_library


class FakeTable:
    """Four PDFs."""

    r = default_grid()
    G = np.zeros((4, 209), dtype=np.float32)
    labels = pd.DataFrame(
        {"space_group_number": [2, 2, 225, 225], "prototype": ["a", "b", "c", "d"]}
    )

    def __len__(self):
        return 4


class FakeClassifier:
    """Counts how often it is fitted; its file holds one word."""

    n_fits = 0

    def __init__(self, model, *, r, noise):
        self.model = model

    def fit(self, X, y, *, groups):
        assert X.shape == (4, 209)
        assert y.tolist() == [2, 2, 225, 225]
        assert groups.tolist() == ["a", "b", "c", "d"]
        type(self).n_fits += 1
        return self

    def save(self, path):
        path.write_text("model")

    @classmethod
    def load(cls, path):
        if path.read_text() != "model":
            raise DataError(f"{path} is damaged.")
        return cls("loaded", r=None, noise=0)


@pytest.fixture
def folders(monkeypatch, tmp_path):
    """Fake simulation and training; give the list of folders that PDFs were made in."""
    made = []

    def make_pdfs(folder, *, size, conditions, progress):
        folder.mkdir(parents=True)
        (folder / "manifest.json").touch()
        progress("PDFs", 0, size)
        made.append(folder)
        return FakeTable()

    monkeypatch.setenv("EDEX_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr("edex.spacegroup.simulate.make_pdfs", make_pdfs)
    monkeypatch.setattr("edex.spacegroup.classifier.SpaceGroupClassifier", FakeClassifier)
    monkeypatch.setattr(FakeClassifier, "n_fits", 0)
    return made


def test_it_is_trained_once_and_then_loaded(folders, tmp_path):
    said = []
    assert default_classifier(progress=said.append).model == PRESETS["default"].model
    assert PRESETS["default"].minutes in said[0]
    assert any("0 of 40,000 PDFs" in text for text in said)
    assert default_classifier(progress=said.append).model == "loaded"
    assert said[-1] == "loading the model"
    assert FakeClassifier.n_fits == 1
    assert len(list((tmp_path / "cache" / "space-group-models").iterdir())) == 1
    assert not folders[0].exists()  # the PDFs are not kept


def test_each_preset_has_its_own_model(folders):
    for preset in PRESETS:
        default_classifier(preset)
    assert FakeClassifier.n_fits == len(PRESETS) == len(set(folders))
    for preset in PRESETS:
        assert default_classifier(preset).model == "loaded"


def test_other_code_or_settings_need_another_model(folders, monkeypatch):
    default_classifier("quick")
    monkeypatch.setattr(pretrained, "code_versions", lambda: {"edex": "another"})
    default_classifier("quick")
    monkeypatch.setitem(PRESETS, "quick", Preset(5, "small_cnn", 0.0, "no time"))
    default_classifier("quick")
    assert FakeClassifier.n_fits == 3


def test_how_long_it_takes_is_no_setting(folders, monkeypatch):
    default_classifier("quick")
    old = PRESETS["quick"]
    new = Preset(old.size, old.model, old.noise, "half a minute")
    monkeypatch.setitem(PRESETS, "quick", new)
    assert default_classifier("quick").model == "loaded"


def test_a_damaged_file_is_made_again(folders, tmp_path):
    default_classifier("quick")
    path = next((tmp_path / "cache" / "space-group-models").iterdir())
    path.write_text("mod")
    said = []
    assert default_classifier("quick", progress=said.append).model == "small_cnn"
    assert "the model in the cache is damaged: it is made again" in said
    assert path.read_text() == "model"


def test_without_the_cache_nothing_is_kept(folders, tmp_path):
    default_classifier("quick", cache=False)
    default_classifier("quick", cache=False)
    assert FakeClassifier.n_fits == 2
    assert not (tmp_path / "cache").exists()
    assert not folders[0].parent.exists()


def test_a_training_that_is_stopped_leaves_its_pdfs_and_no_model(folders, tmp_path, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(FakeClassifier, "fit", stop)
    with pytest.raises(KeyboardInterrupt):
        default_classifier("quick")
    assert [path.name for path in (tmp_path / "cache" / "space-group-models").iterdir()] == [
        folders[0].name
    ]


def test_an_unknown_preset_and_an_unusable_cache_are_named(folders, tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"no preset 'huge'. Choose from quick, default, full"):
        default_classifier("huge")
    (tmp_path / "file").touch()
    monkeypatch.setenv("EDEX_CACHE_DIR", str(tmp_path / "file"))
    with pytest.raises(DataError, match=r"cannot be made .* EDEX_CACHE_DIR"):
        default_classifier("quick")


def test_the_library_holds_the_embedded_crystals_under_their_names():
    library = default_library()
    assert len(library) == 1924
    assert default_library() is library
    salt = next(crystal for crystal in library.crystals if crystal.source_id == "mp-22862")
    best = library.nearest(simulate_pdf(salt), 1)[0]
    assert (best.source_id, best.formula, best.space_group_number) == ("mp-22862", "NaCl", 225)
    assert best.correlation == 1


@pytest.mark.slow
def test_a_small_model_is_trained_saved_and_loaded_for_real(monkeypatch, tmp_path):
    pytest.importorskip("keras")
    monkeypatch.setenv("EDEX_CACHE_DIR", str(tmp_path))
    monkeypatch.setitem(PRESETS, "quick", Preset(240, "small_cnn", 0.05, "seconds"))
    curves = np.random.default_rng(0).normal(size=(3, 209))
    trained = default_classifier("quick").predict_proba(curves)
    loaded = default_classifier("quick").predict_proba(curves)
    np.testing.assert_allclose(loaded, trained, atol=1e-6)
