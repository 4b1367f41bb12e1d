"""Kernels: against their definition, as kernels, and in scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, WhiteKernel
from sklearn.svm import SVR

from edex.errors import InputError
from edex.membranes.kernels import MinMaxKernel, min_max_kernel, tanimoto_kernel

COUNTS = arrays(
    float, st.tuples(st.integers(1, 8), st.just(6)), elements=st.integers(0, 5).map(float)
)
BITS = arrays(
    float, st.tuples(st.integers(1, 8), st.just(6)), elements=st.integers(0, 1).map(float)
)


def shared_over_all(a, b):
    """The definition, pair by pair."""
    all_features = np.maximum(a, b).sum()
    return np.minimum(a, b).sum() / all_features if all_features else 1.0


@given(COUNTS)
def test_min_max_kernel_is_shared_over_all_features(counts):
    expected = [[shared_over_all(a, b) for b in counts] for a in counts]
    np.testing.assert_allclose(min_max_kernel(counts), expected, atol=1e-12)
    np.testing.assert_allclose(min_max_kernel(sparse.csr_matrix(counts)), expected, atol=1e-12)


@given(COUNTS)
def test_min_max_kernel_is_positive_semidefinite_and_one_on_the_diagonal(counts):
    matrix = min_max_kernel(counts)
    assert np.linalg.eigvalsh(matrix).min() > -1e-9
    np.testing.assert_allclose(np.diag(matrix), 1.0)


@given(BITS)
def test_both_kernels_agree_on_bits(bits):
    np.testing.assert_allclose(tanimoto_kernel(bits), min_max_kernel(bits), atol=1e-12)


def test_kernels_take_two_tables():
    first, second = np.eye(3), np.ones((2, 3))
    np.testing.assert_allclose(min_max_kernel(first, second), np.full((3, 2), 1 / 3))
    np.testing.assert_allclose(tanimoto_kernel(first, second), np.full((3, 2), 1 / 3))


@pytest.mark.parametrize(
    ("kernel", "X", "Y", "message"),
    [
        (min_max_kernel, [[-1.0, 2.0]], None, "X holds a negative or missing value"),
        (min_max_kernel, [[1.0, np.nan]], None, "leave out polymers that could not be read"),
        (min_max_kernel, [[1.0, 2.0]], [[1.0]], "X has 2 columns and Y 1"),
        (tanimoto_kernel, [[0.0, 2.0]], None, "For counts use min_max_kernel"),
        (tanimoto_kernel, [[0.0, 1.0]], [[1.0]], "Transform both with the same fitted"),
    ],
)  # fmt: skip
def test_wrong_features_are_refused(kernel, X, Y, message):
    with pytest.raises(InputError, match=message):
        kernel(X, Y)


def test_they_work_in_scikit_learn():
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 4, (40, 5)).astype(float)
    target = counts[:, 0] - counts[:, 1]
    vectors = SVR(kernel=min_max_kernel, C=10.0).fit(counts, target)
    assert vectors.score(counts, target) > 0.8
    kernel = ConstantKernel() * MinMaxKernel() + WhiteKernel(0.01, "fixed")
    process = GaussianProcessRegressor(kernel, normalize_y=True).fit(counts, target)
    assert process.score(counts, target) > 0.8
    assert process.predict(counts[:2], return_std=True)[1].shape == (2,)
