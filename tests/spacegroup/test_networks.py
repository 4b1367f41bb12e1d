"""The networks: shapes, sizes worked out by hand, names, and seeds that touch nothing global."""

import random
import re
import subprocess
import sys

import numpy as np
import pytest

from edex.errors import InputError, MissingExtraError
from edex.spacegroup.keras_backend import import_keras
from edex.spacegroup.networks import NETWORKS, average_networks, build_network

NORM = 4  # numbers for each channel: scale, shift, running mean and variance


def course_size(n_points, n_classes, filters, width, dense=128):
    a, b = filters
    convolutions = NORM + (width + 1) * a + NORM * a + (width * a + 1) * b + NORM * b
    head = (n_points // 2 * b + 1) * dense + NORM * dense + (dense + 1) * n_classes
    return convolutions + head


def residual_size(n_classes, channels=(32, 64, 96, 128), width=5, stem=7):
    total, before = (stem + NORM) * channels[0], channels[0]
    for number, count in enumerate(channels):
        total += width * before * count + width * count * count + 2 * NORM * count
        total += before * count if number else 0
        before = count
    return total + (2 * before + 1) * n_classes


SIZES = {
    "logistic": lambda p, k: (p + 1) * k,
    "small_cnn": lambda p, k: course_size(p, k, (64, 32), 9),
    "paper_cnn": lambda p, k: course_size(p, k, (256, 64), 32),
    "resnet": lambda p, k: residual_size(k),
}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize(("n_points", "n_classes"), [(209, 8), (64, 3)])
def test_a_network_has_the_size_that_its_layers_add_up_to(name, n_points, n_classes):
    network = build_network(name, n_points, n_classes)
    assert network.input_shape == (None, n_points)
    assert network.output_shape == (None, n_classes)
    assert network.count_params() == SIZES[name](n_points, n_classes)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_stated_number_of_parameters_is_true(name):
    row = re.search(rf"^ *{name} .*  ([\d,]+)  ", build_network.__doc__, re.MULTILINE)
    assert int(row.group(1).replace(",", "")) == SIZES[name](209, 8)


@pytest.mark.parametrize("name", ["small_cnn", "resnet"])
def test_outputs_are_probabilities_and_names_are_the_same_every_time(name):
    first, second = build_network(name), build_network(name)
    curves = np.random.default_rng(0).normal(size=(5, 209)).astype("float32")
    proba = np.asarray(first(curves))
    np.testing.assert_allclose(proba.sum(axis=1), 1.0, rtol=1e-5)
    assert (proba >= 0.0).all()
    assert [layer.name for layer in first.layers] == [layer.name for layer in second.layers]
    assert not [layer for layer in first.layers if type(layer).__name__ == "Lambda"]


def test_the_seed_decides_the_weights_and_no_global_state_is_touched():
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002  the very state that must not change
    before = random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    curves = np.random.default_rng(0).normal(size=(2, 209)).astype("float32")
    outputs = [
        np.asarray(build_network("small_cnn", noise=0.1, random_state=seed)(curves))
        for seed in (1, 1, 2)
    ]
    assert np.array_equal(outputs[0], outputs[1])
    assert not np.allclose(outputs[0], outputs[2])
    assert before == (random.getstate(), np.random.get_state()[1].tolist())  # noqa: NPY002


def test_noise_is_added_in_training_only():
    network = build_network("logistic", noise=0.5)
    curves = np.ones((1, 209), dtype="float32")
    still = [np.asarray(network(curves, training=False)) for _ in range(2)]
    noisy = [np.asarray(network(curves, training=True)) for _ in range(2)]
    assert np.array_equal(*still)
    assert not np.array_equal(*noisy)


def test_the_average_is_the_mean_of_its_members():
    members = [build_network(name, 64, 3) for name in ("small_cnn", "resnet")]
    curves = np.random.default_rng(0).normal(size=(4, 64)).astype("float32")
    mean = np.mean([np.asarray(member(curves)) for member in members], axis=0)
    np.testing.assert_allclose(average_networks(members)(curves), mean, rtol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "alexnet"}, "There is no network 'alexnet'; networks are logistic, small_cnn"),
        ({"name": "resnet", "n_points": 8}, "curves of 8 points"),
        ({"name": "resnet", "n_classes": 1}, "1 classes"),
        ({"name": "resnet", "noise": -0.1}, "noise is -0.1"),
        ({"name": "resnet", "noise": float("nan")}, "noise is nan"),
    ],
)
def test_a_network_that_makes_no_sense_is_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        build_network(**arguments)


@pytest.mark.parametrize("package", ["keras", "tensorflow"])
def test_a_missing_package_is_named_with_the_command_that_installs_it(package, monkeypatch):
    for name in [n for n in sys.modules if n == "keras" or n.startswith("keras.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=rf"'{package}'.*edex\[spacegroup\]"):
        import_keras()


def test_the_room_opens_without_keras_and_keras_arrives_without_a_word():
    program = """
import sys
import edex.spacegroup
from edex.spacegroup.classifier import SpaceGroupClassifier
SpaceGroupClassifier("logistic_regression").fit([[1., 2.], [2., 1.]] * 9, [2, 14] * 9)
print("early" if "keras" in sys.modules or "tensorflow" in sys.modules else "late")
from edex.spacegroup.networks import build_network
build_network("logistic", 16, 2)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("late\n", "")
