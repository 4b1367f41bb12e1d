"""Claim: the default network trains on 40,000 PDFs in under 10 minutes on two cores.

Measures one training step and one prediction per curve, for the small networks and, as the peer,
the course's full CNN with the course's batches of 32. The time of a whole training is extrapolated
from the step: 40,000 curves less the validation part, times the epochs of the recipe, without early
stopping. All runs are on random curves of the true shape; speed does not depend on their content.

Run it with ``python benchmarks/train_and_predict.py [N]``, N curves for each measurement.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

from edex.spacegroup.classifier import SpaceGroupClassifier
from edex.spacegroup.holdout import Part
from edex.spacegroup.networks import build_network
from edex.spacegroup.training import RECIPES, predict_in_blocks, train_network

N_TRAINING = 40_000
N_POINTS, N_CLASSES = 209, 8
TARGET_MINUTES = 10.0


def random_part(n_curves: int) -> Part:
    """Return curves of the true shape that mean nothing."""
    rng = np.random.default_rng(0)
    curves = rng.normal(size=(n_curves, N_POINTS)).astype(np.float32)
    weights = np.ones(n_curves, dtype=np.float32)
    return Part(curves, rng.integers(N_CLASSES, size=n_curves), weights)


def ms_per_curve(name: str, n_curves: int) -> tuple[float, float]:
    """Return the time of a training step and of a prediction for one curve, in ms."""
    network, part = build_network(name, N_POINTS, N_CLASSES), random_part(n_curves)
    # The first epoch compiles the graph and warms up; the shortest of the others counts.
    recipe = RECIPES[name].updated(epochs=3)
    history = train_network(network, part, None, recipe)
    training = history["seconds"].iloc[1:].min()
    times = []
    for _ in range(3):
        start = time.perf_counter()
        predict_in_blocks(network, part.curves)
        times.append(time.perf_counter() - start)
    return 1e3 * training / n_curves, 1e3 * min(times) / n_curves


def measure(n_curves: int = 2048) -> list[dict[str, str]]:
    """Return four rows: training and prediction of two networks, whole training, memory."""
    peer = ms_per_curve("paper_cnn", max(n_curves // 8, 64))
    rows, minutes = [], {}
    for name in ("small_cnn", "resnet"):
        ours = ms_per_curve(name, n_curves)
        minutes[name] = training_minutes(name, ours[0])
        for number, what in enumerate(("training step", "prediction")):
            rows.append(
                {
                    "claim": f"{what} of {name}, per curve",
                    "ours": f"{ours[number]:.2f} ms",
                    "peer": f"the course's full CNN, {peer[number]:.2f} ms",
                    "ratio": f"{peer[number] / ours[number]:.0f} × as fast",
                    "target": "",
                }
            )
    default = SpaceGroupClassifier().model
    full = training_minutes("paper_cnn", peer[0])
    recipe = RECIPES[default]
    rows.append(
        {
            "claim": f"training of the default network ({default}) on {N_TRAINING:,} PDFs, all "
            f"{recipe.epochs} epochs, extrapolated from the step",
            "ours": f"{minutes[default]:.1f} min",
            "peer": f"the course's full CNN and recipe, {full / 60:.1f} h",
            "ratio": f"{full / minutes[default]:.0f} × as fast",
            "target": f"≤ {TARGET_MINUTES:.0f} min",
        }
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    rows.append(
        {
            "claim": "peak memory of these trainings, with Keras and TensorFlow",
            "ours": f"{memory:.1f} GB",
            "peer": "none",
            "ratio": "",
            "target": "≤ 2 GB",
        }
    )
    return rows


def training_minutes(name: str, ms: float) -> float:
    """Return the time of a whole training, in minutes, from that of a step per curve."""
    n_curves = (1.0 - SpaceGroupClassifier().validation_fraction) * N_TRAINING
    return n_curves * RECIPES[name].epochs * ms / 6e4


if __name__ == "__main__":
    for row in measure(int(sys.argv[1]) if len(sys.argv) > 1 else 2048):
        print(row)
