"""Curves with a class that can be learned in seconds: peaks at class-dependent ratios."""

from functools import cache

import numpy as np

from edex.spacegroup.classifier import SpaceGroupClassifier

GRID = np.arange(11, 220) * np.pi / 23
_RATIOS = {
    2: (1.0, 1.41, 1.73, 2.00),
    62: (1.0, 1.15, 1.63, 1.91),
    225: (1.0, 1.30, 1.50, 2.30),
}


def toy_curves(n_curves, *, classes=(2, 62, 225), n_points=209, noise=0.2, random_state=0):
    """Return (X, y, groups): float32 curves, space groups, and the crystal behind each curve."""
    rng = np.random.default_rng(random_state)
    y = np.array(classes)[rng.integers(len(classes), size=n_curves)]
    groups = rng.integers(max(n_curves // 5, 12), size=n_curves)
    shells = np.arange(1, 4)[None, :, None] * np.array([_RATIOS[c] for c in y])[:, None, :]
    first = 2.3 + 2.0 * np.modf(groups * 0.618)[0]  # one distance for each crystal
    centres = (first[:, None, None] * shells).reshape(n_curves, -1)
    heights = rng.uniform(0.7, 1.3, size=centres.shape)
    r = GRID[:n_points]
    X = np.zeros((n_curves, n_points))
    for column in range(centres.shape[1]):
        gap = r[None, :] - centres[:, column, None]
        X += heights[:, column, None] * np.exp(-0.5 * (gap / 0.15) ** 2)
    X += rng.normal(0.0, noise, size=X.shape) - 0.2
    X *= rng.uniform(0.3, 3.0, size=(n_curves, 1))
    return X.astype(np.float32), y, [f"{c}|{g}" for c, g in zip(y, groups, strict=True)]


@cache
def toy_classifier(model):
    """Return a classifier that has learned 600 curves; the tests of a process share it."""
    X, y, groups = toy_curves(600)
    classifier = SpaceGroupClassifier(model, epochs=6, batch_size=32, n_trees=30)
    return classifier.fit(X, y, groups=groups)
