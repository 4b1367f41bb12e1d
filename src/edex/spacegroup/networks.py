"""The networks of the ladder: from softmax regression to the course's full CNN.

A convolution layer slides K filters of width w along the curve: h_jk = relu(b_k + sum_{i,c}
W_kic x_{j+i,c}). It answers where a pattern of neighbouring distances occurs, wherever it is.
All networks take curves that :func:`edex.spacegroup.scaling.scale_curves` has scaled, shape
(n_samples, n_points), and give probabilities, shape (n_samples, n_classes).

References
----------
C.-H. Liu et al., Acta Cryst. A75, 633 (2019): a CNN for space groups from PDFs.
K. He et al., CVPR (2016): residual networks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edex.errors import InputError
from edex.spacegroup.keras_backend import import_keras

__all__ = ["NETWORKS", "average_networks", "build_network", "distinct_names"]

NETWORKS = ("logistic", "small_cnn", "resnet", "paper_cnn")
_RESNET_CHANNELS = (32, 64, 96, 128)
_COURSE_L2 = 1e-5


def build_network(
    name: str,
    n_points: int = 209,
    n_classes: int = 8,
    *,
    noise: float = 0.0,
    random_state: int = 0,
    label: str | None = None,
) -> Any:
    """Build an untrained network.

    =========== ======================================================= ========== ===============
    name        layers                                                  parameters filter width
    =========== ======================================================= ========== ===============
    logistic    softmax                                                 1,680      none
    small_cnn   the course's CNN made small: 64 and 32 filters          447,148    9 (1.2 Å)
    resnet      four residual blocks, each at half the resolution       286,568    5 (0.7 to 5.5 Å)
    paper_cnn   the course's CNN: 256 and 64 filters, dense 128         1,387,724  32 (4.4 Å)
    =========== ======================================================= ========== ===============

    Parameters are those for 209 points and 8 classes. All weights and dropout masks follow from
    ``random_state``; no global random state is read or changed.

    Parameters
    ----------
    name : {"logistic", "small_cnn", "resnet", "paper_cnn"}
        Which one.
    n_points : int, default 209
        Points of a curve, at least 16.
    n_classes : int, default 8
        Number of space groups, at least 2.
    noise : float, default 0.0
        Standard deviation of Gaussian noise that is added to the (scaled) input during training
        only.
    random_state : int, default 0
        Seed of the weights, the dropout and the noise.
    label : str, default None
        What Keras calls it; ``None`` takes the name.

    Returns
    -------
    keras.Model
        Input of shape (n_samples, n_points), output of shape (n_samples, n_classes), not compiled.

    Raises
    ------
    InputError
        If the name is unknown or a size is too small.
    MissingExtraError
        If Keras is not installed.
    """
    if name not in NETWORKS:
        raise InputError(
            f"There is no network {name!r}; networks are {', '.join(NETWORKS)}. Choose one of them."
        )
    if n_points < 16 or n_classes < 2:
        raise InputError(
            f"A network for curves of {n_points} points and {n_classes} classes makes no sense; at "
            f"least 16 points and 2 classes are needed. Check the shape of X and the values of y."
        )
    if not 0.0 <= noise < float("inf"):
        raise InputError(
            f"noise is {noise}; it is a standard deviation, 0 or more, in units of the scaled "
            f"curve. Give 0.05 for 5 % of a typical G(r)."
        )
    maker = _LayerMaker(random_state, l2=_COURSE_L2 if name == "paper_cnn" else 0.0)
    curves = maker.layers.Input((n_points,), name="curves")
    x = maker.noise(noise, curves) if noise else curves
    x = maker.layers.Reshape((n_points, 1), name="as_channel")(x)
    match name:
        case "logistic":
            x = maker.layers.Flatten(name="flatten")(x)
        case "small_cnn":
            x = _course_stack(maker, x, filters=(64, 32), width=9)
        case "paper_cnn":
            x = _course_stack(maker, x, filters=(256, 64), width=32)
        case _:
            x = _residual_stack(maker, x, channels=_RESNET_CHANNELS, width=5)
    probabilities = maker.dense(n_classes, x, name="probabilities", activation="softmax")
    return maker.keras.Model(curves, probabilities, name=label or name)


def distinct_names(names: Sequence[str]) -> list[str]:
    """Tell apart names that come more than once, as Keras wants for the members of a mean.

    Examples
    --------
    >>> distinct_names(["small_cnn", "resnet", "small_cnn"])
    ['small_cnn', 'resnet', 'small_cnn_2']
    """
    counts = [names[: place + 1].count(name) for place, name in enumerate(names)]
    return [
        name if count == 1 else f"{name}_{count}" for name, count in zip(names, counts, strict=True)
    ]


def average_networks(networks: Sequence[Any]) -> Any:
    """Join networks into one whose output is the mean of their probabilities.

    Parameters
    ----------
    networks : sequence of keras.Model
        Of :func:`build_network`, with one number of points and classes, and different labels.

    Returns
    -------
    keras.Model
        It shares the weights of its members.
    """
    keras = import_keras()
    curves = keras.layers.Input(networks[0].input_shape[1:], name="curves")
    mean = keras.layers.Average(name="probabilities")([network(curves) for network in networks])
    return keras.Model(curves, mean, name="mean_of_" + "_and_".join(n.name for n in networks))


class _LayerMaker:
    """Layers with fixed names and seeds: the n-th random layer gets the n-th seed."""

    def __init__(self, random_state: int, *, l2: float) -> None:
        self.keras = import_keras()
        self.layers = self.keras.layers
        self._seed = int(random_state) * 1000
        self._l2 = l2

    def _next_seed(self) -> int:
        self._seed += 1
        return self._seed % 2**31

    def _weights(self) -> dict[str, Any]:
        return {
            "kernel_initializer": self.keras.initializers.GlorotUniform(seed=self._next_seed()),
            "kernel_regularizer": self.keras.regularizers.L2(self._l2) if self._l2 else None,
        }

    def noise(self, deviation: float, x: Any) -> Any:
        return self.layers.GaussianNoise(deviation, seed=self._next_seed(), name="noise")(x)

    def conv(self, filters: int, width: int, x: Any, *, name: str, **options: Any) -> Any:
        layer = self.layers.Conv1D(
            filters, width, padding="same", name=name, **self._weights(), **options
        )
        return layer(x)

    def dense(self, units: int, x: Any, *, name: str, activation: str) -> Any:
        return self.layers.Dense(units, activation=activation, name=name, **self._weights())(x)

    def norm(self, x: Any, *, name: str, momentum: float = 0.9) -> Any:
        return self.layers.BatchNormalization(momentum=momentum, name=name)(x)

    def dropout(self, rate: float, x: Any, *, name: str) -> Any:
        return self.layers.Dropout(rate, seed=self._next_seed(), name=name)(x)

    def channel_dropout(self, rate: float, x: Any, *, name: str) -> Any:
        return self.layers.SpatialDropout1D(rate, seed=self._next_seed(), name=name)(x)


def _course_stack(maker: _LayerMaker, x: Any, *, filters: tuple[int, int], width: int) -> Any:
    # (n, p, 1) -> (n, p, filters[0]) -> (n, p, filters[1]) -> (n, p/2 * filters[1]) -> (n, 128)
    x = maker.norm(x, name="norm_input")
    for number, count in enumerate(filters, start=1):
        x = maker.conv(count, width, x, name=f"conv_{number}", activation="relu")
        x = maker.norm(x, name=f"norm_{number}")
    x = maker.layers.MaxPooling1D(2, name="pool")(x)
    x = maker.dropout(0.5, x, name="dropout_1")
    x = maker.layers.Flatten(name="flatten")(x)
    x = maker.dense(128, x, name="dense", activation="relu")
    x = maker.norm(x, name="norm_dense")
    return maker.dropout(0.5, x, name="dropout_2")


def _residual_stack(maker: _LayerMaker, x: Any, *, channels: tuple[int, ...], width: int) -> Any:
    # (n, p, 1) -> (n, p/2, 32) -> (n, p/4, 64) -> (n, p/8, 96) -> (n, p/16, 128) -> (n, 256).
    # The step of 2 in the first layer makes every later layer half as dear. Without the dropout of
    # whole channels it learns the training crystals by heart within three epochs.
    layers = maker.layers
    x = maker.conv(channels[0], 7, x, name="stem", strides=2, use_bias=False)
    x = layers.ReLU(name="stem_relu")(maker.norm(x, name="stem_norm"))
    for number, count in enumerate(channels, start=1):
        block, step = f"block_{number}", 1 if number == 1 else 2
        y = maker.conv(count, width, x, name=f"{block}_conv_a", strides=step, use_bias=False)
        y = layers.ReLU(name=f"{block}_relu_a")(maker.norm(y, name=f"{block}_norm_a"))
        y = maker.channel_dropout(0.2, y, name=f"{block}_dropout")
        y = maker.conv(count, width, y, name=f"{block}_conv_b", use_bias=False)
        y = maker.norm(y, name=f"{block}_norm_b")
        if step != 1:
            x = maker.conv(count, 1, x, name=f"{block}_skip", strides=step, use_bias=False)
        x = layers.ReLU(name=f"{block}_relu_b")(layers.Add(name=f"{block}_add")([x, y]))
    pooled = [
        layers.GlobalAveragePooling1D(name="mean_over_r")(x),
        layers.GlobalMaxPooling1D(name="max_over_r")(x),
    ]
    return maker.dropout(0.5, layers.Concatenate(name="pooled")(pooled), name="dropout")
