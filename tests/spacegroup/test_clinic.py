"""Trainings that go wrong in a known way. Five of them take a while."""

import numpy as np
import pytest

from edex.errors import InputError
from edex.spacegroup.classes import CLASSES
from edex.spacegroup.clinic import ILLNESSES, admit_patients


def toy_curves(n, seed=0):
    """Make noisy curves: each class has two peaks of its own."""
    rng = np.random.default_rng(seed)
    place = rng.integers(0, 8, n)
    r = np.arange(60)
    peaks = 6 + 6 * place
    X = np.exp(-((r - peaks[:, None]) ** 2) / 4) - np.exp(-((r - peaks[:, None] + 4) ** 2) / 4)
    return (X + rng.normal(0, 0.9, X.shape))[:, :, None], np.array(CLASSES)[place]


@pytest.fixture(scope="module")
def ward():
    return admit_patients(*toy_curves(700), n_training=240, n_epochs=10, random_state=3)


def by_illness(patients):
    return {patient.illness: patient for patient in patients.values()}


@pytest.mark.slow
def test_the_ward_tells_how_many_trainings_are_done():
    told = []
    admit_patients(
        *toy_curves(100), n_training=40, n_epochs=1, progress=lambda *told_so: told.append(told_so)
    )
    assert told == [("trainings", done, 5) for done in range(6)]


@pytest.mark.slow
def test_each_illness_is_there_once_under_one_of_four_letters(ward):
    healthy, patients = ward
    assert healthy.illness == "healthy"
    assert list(patients) == ["A", "B", "C", "D"]
    assert sorted(by_illness(patients)) == sorted(ILLNESSES)


@pytest.mark.slow
def test_a_patient_does_not_tell_what_it_has(ward):
    assert all(patient.illness not in repr(patient) for patient in ward[1].values())


@pytest.mark.slow
def test_the_healthy_one_beats_the_most_common_class(ward):
    healthy, _ = ward
    assert max(healthy.val_accuracy) > healthy.most_common + 0.3
    assert len(healthy.loss) == 10


@pytest.mark.slow
def test_a_rate_too_high_lets_the_loss_jump(ward):
    assert max(by_illness(ward[1])["rate too high"].loss) > 5 * np.log(8)


@pytest.mark.slow
def test_a_rate_too_low_changes_hardly_anything(ward):
    slow = by_illness(ward[1])["rate too low"]
    assert abs(slow.loss[-1] - slow.loss[0]) < 0.25


@pytest.mark.slow
def test_overfitting_learns_everything_by_heart_and_still_beats_chance(ward):
    fitted = by_illness(ward[1])["overfitting"]
    assert fitted.accuracy[-1] > 0.95
    assert fitted.accuracy[-1] > fitted.val_accuracy[-1] + 0.3
    assert max(fitted.val_accuracy) > fitted.most_common + 0.1


@pytest.mark.slow
def test_shuffled_labels_never_beat_the_most_common_class_by_much(ward):
    shuffled = by_illness(ward[1])["labels shuffled"]
    assert max(shuffled.val_accuracy) < shuffled.most_common + 0.1
    assert shuffled.loss[-1] < shuffled.loss[0]


def test_too_few_pdfs_are_refused():
    with pytest.raises(InputError, match="60 PDFs and 60 labels for n_training = 50"):
        admit_patients(*toy_curves(60), n_training=50)
