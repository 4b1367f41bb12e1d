"""A Gaussian process for several gases at once: what one gas knows, the others learn.

The value of gas g in polymer i is m_g + f_g(i) + h_g(i) + noise, with the covariances

    cov(f_g(i), f_h(j)) = B_gh k(i, j),   cov(h_g(i), h_h(j)) = S_gh δ_ij,   noise variance d_g:

f follows the chemistry through a kernel k and is correlated among gases by B (coregionalisation); h
is what a polymer has beyond its chemistry as the kernel sees it (its film, its history), and all of
its gases share it through S. Values may be missing. B, S and d maximise the likelihood of the
training values; the means m are their generalised least squares estimate.

References
----------
E. V. Bonilla, K. M. A. Chai, C. K. I. Williams, Adv. Neural Inf. Process. Syst. 20 (2007).
C. E. Rasmussen, C. K. I. Williams, Gaussian Processes for Machine Learning (2006): equations 2.41
and 2.42 (mean function), 5.9 (gradient), 5.12 (leave one out, here for a block at a time).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.linalg.lapack import dpotri
from scipy.optimize import minimize
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from edex.errors import InputError

__all__ = ["CoregionalisedGP", "GasDistribution", "given_known"]

_SMALLEST_NOISE = 1e-3  # of a gas's variance
_FEW = 100  # the likelihood should see so many values of each gas, where there are so many


@dataclass(frozen=True, eq=False)
class GasDistribution:
    """A normal distribution over the gases for each polymer.

    Attributes
    ----------
    mean : ndarray of shape (n_polymers, n_gases)
    covariance : ndarray of shape (n_polymers, n_gases, n_gases)
        Of a new measurement: with polymer and noise terms.
    """

    mean: np.ndarray
    covariance: np.ndarray

    @property
    def standard_error(self) -> np.ndarray:
        """Standard deviation of each gas, shape (n_polymers, n_gases)."""
        return np.asarray(np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2)))


class CoregionalisedGP:
    """Gaussian process with coregionalised outputs and a given kernel.

    Parameters
    ----------
    n_likelihood : int or None, default 250
        The likelihood is maximised on so many polymers (and some more of gases that are rare); all
        are used to predict. None takes all: slower by the cube of their number.
    max_iter : int, default 40
        Most iterations of the optimiser.
    random_state : int, default 0
        Seed of the choice of polymers.

    Attributes
    ----------
    chemistry_ : ndarray of shape (n_gases, n_gases)
        B: covariance of the gases that follows the kernel.
    polymer_ : ndarray of shape (n_gases, n_gases)
        S: covariance of the gases that belongs to the single polymer.
    noise_ : ndarray of shape (n_gases,)
        d: variance of a single value.
    mean_ : ndarray of shape (n_gases,)
        m.
    """

    def __init__(
        self, *, n_likelihood: int | None = 250, max_iter: int = 40, random_state: int = 0
    ) -> None:
        self.n_likelihood = n_likelihood
        self.max_iter = max_iter
        self.random_state = random_state

    def fit(self, similarity: npt.ArrayLike, values: npt.ArrayLike) -> Self:
        """Learn covariances and condition on all values.

        Parameters
        ----------
        similarity : array-like of shape (n_polymers, n_polymers)
            The kernel k, positive semidefinite, 1 on the diagonal.
        values : array-like of shape (n_polymers, n_gases)
            NaN where a gas was not measured.

        Raises
        ------
        InputError
            If the shapes do not fit, or a gas has fewer than two values.
        """
        kernel, table = np.asarray(similarity, dtype=float), np.asarray(values, dtype=float)
        _check(kernel, table)
        spread = np.nanstd(table, axis=0)
        rows = self._choose(table)
        learn = _Observed(kernel[np.ix_(rows, rows)], table[rows])
        shape = np.outer(spread, spread) * (0.85 + 0.15 * np.eye(len(spread)))
        noise = np.log(np.maximum(spread**2, 1e-12))
        start = [_flat(shape), _flat(0.1 * shape), noise + np.log(0.05)]
        free = [(None, None)] * (2 * len(start[0]))
        # On matrices this small threads wait for each other, and on a busy machine for long.
        with threadpool_limits(limits=1):
            found = minimize(
                learn.negative_log_likelihood,
                np.concatenate(start),
                jac=True,
                method="L-BFGS-B",
                bounds=[*free, *((low + np.log(_SMALLEST_NOISE), None) for low in noise)],
                options={"maxiter": self.max_iter},
            )
        chemistry, polymer, self.noise_ = _covariances(found.x, table.shape[1])
        self.chemistry_, self.polymer_ = chemistry @ chemistry.T, polymer @ polymer.T
        self._condition(_Observed(kernel, table))
        return self

    def _choose(self, table: np.ndarray) -> np.ndarray:
        rng = np.random.default_rng(self.random_state)
        order = rng.permutation(len(table))
        if self.n_likelihood is None or self.n_likelihood >= len(table):
            return np.asarray(np.sort(order))
        chosen = set(order[: self.n_likelihood].tolist())
        for gas in range(table.shape[1]):
            measured = [int(row) for row in order if np.isfinite(table[row, gas])]
            missing = _FEW - len(chosen.intersection(measured))
            chosen |= set([row for row in measured if row not in chosen][: max(missing, 0)])
        return np.array(sorted(chosen))

    def _condition(self, data: _Observed) -> None:
        self._data = data
        self._factor = cho_factor(
            data.covariance(self.chemistry_, self.polymer_, self.noise_), lower=True
        )
        design = data.design
        self._weights_of_means = cho_solve(self._factor, design)
        self._means_covariance = np.linalg.inv(design.T @ self._weights_of_means)
        self.mean_ = self._means_covariance @ (self._weights_of_means.T @ data.values)
        self._weights = cho_solve(self._factor, data.values - design @ self.mean_)

    def predict(
        self,
        similarity: npt.ArrayLike,
        *,
        same: npt.ArrayLike | None = None,
        gases: npt.ArrayLike | None = None,
    ) -> GasDistribution:
        """Predict a new measurement of polymers.

        Parameters
        ----------
        similarity : array-like of shape (n_new, n_polymers)
            Kernel of each new polymer with each that was fitted.
        same : array-like of bool of shape (n_new, n_polymers), default None
            Where a new polymer is one of the fitted; None: nowhere.
        gases : array-like of int, default None
            Predict these only, in this order; saves time.

        Returns
        -------
        GasDistribution
        """
        kernel = np.asarray(similarity, dtype=float)[:, self._data.polymer]
        shared = None if same is None else np.asarray(same, dtype=float)[:, self._data.polymer]
        chosen = np.arange(len(self.mean_)) if gases is None else np.asarray(gases, dtype=int)
        mean = np.empty((len(kernel), len(chosen)))
        halves, leftover = [], []
        for column, gas in enumerate(chosen):
            cross = kernel * self.chemistry_[gas, self._data.gas]
            if shared is not None:
                cross += shared * self.polymer_[gas, self._data.gas]
            mean[:, column] = self.mean_[gas] + cross @ self._weights
            halves.append(
                solve_triangular(self._factor[0], cross.T, lower=True, check_finite=False)
            )
            leftover.append(np.eye(len(self.mean_))[gas] - cross @ self._weights_of_means)
        prior = self.chemistry_ + self.polymer_ + np.diag(self.noise_)
        covariance = np.empty((len(kernel), len(chosen), len(chosen)))
        for i, gas in enumerate(chosen):
            for j in range(i + 1):
                known = np.einsum("ni,ni->i", halves[i], halves[j])
                means = np.einsum("ia,ab,ib->i", leftover[i], self._means_covariance, leftover[j])
                covariance[:, i, j] = covariance[:, j, i] = prior[gas, chosen[j]] - known + means
        return GasDistribution(mean, covariance)

    def leave_one_out(self) -> tuple[np.ndarray, np.ndarray]:
        """Predict each fitted polymer from all others, without refitting the covariances.

        Returns
        -------
        mean, standard_error : ndarray of shape (n_polymers, n_gases)
            NaN where a gas was not measured.
        """
        inverse = _inverse(self._factor)
        # The means are estimated too: project them out (Rasmussen and Williams, equation 2.42).
        inverse -= self._weights_of_means @ self._means_covariance @ self._weights_of_means.T
        table = np.full((2, self._data.n_polymers, len(self.mean_)), np.nan)
        scaled = inverse @ self._data.values
        for rows in self._data.rows_of_polymers():
            covariance = np.linalg.inv(inverse[np.ix_(rows, rows)])
            at = self._data.polymer[rows], self._data.gas[rows]
            table[0][at] = self._data.values[rows] - covariance @ scaled[rows]
            table[1][at] = np.sqrt(np.diag(covariance))
        return table[0], table[1]


def given_known(distribution: GasDistribution, known: npt.ArrayLike) -> GasDistribution:
    """Return the distribution of all gases once some of them have been measured.

    Parameters
    ----------
    distribution : GasDistribution
        Before; of n polymers and T gases.
    known : array-like of shape (n_polymers, n_gases)
        Measured values; NaN where there is none.

    Returns
    -------
    GasDistribution
        A known gas has its value and no variance.
    """
    values = np.asarray(known, dtype=float)
    if values.shape != distribution.mean.shape:
        raise InputError(
            f"known has shape {values.shape}; for {distribution.mean.shape[0]} polymers and "
            f"{distribution.mean.shape[1]} gases it must be {distribution.mean.shape}. Give NaN "
            "where a gas was not measured."
        )
    mean, covariance = distribution.mean.copy(), distribution.covariance.copy()
    for row, measured in enumerate(values):
        has = np.isfinite(measured)
        if has.any():
            gain = np.linalg.solve(covariance[row][np.ix_(has, has)], covariance[row][has]).T
            mean[row] += gain @ (measured[has] - mean[row][has])
            covariance[row] -= gain @ covariance[row][has]
            mean[row][has] = measured[has]
            covariance[row][has] = covariance[row][:, has] = 0.0
    return GasDistribution(mean, covariance)


class _Observed:
    """The values that were measured, one after the other, and the kernel between them."""

    def __init__(self, similarity: np.ndarray, table: np.ndarray) -> None:
        self.polymer, self.gas = np.nonzero(np.isfinite(table))
        self.values = table[self.polymer, self.gas]
        self.n_polymers = len(table)
        self.design = np.eye(table.shape[1])[self.gas]
        self.kernel = similarity[np.ix_(self.polymer, self.polymer)]
        self.is_same = self.polymer[:, None] == self.polymer

    def covariance(self, chemistry: np.ndarray, polymer: np.ndarray, noise: np.ndarray) -> Any:
        total = chemistry[np.ix_(self.gas, self.gas)] * self.kernel
        total += polymer[np.ix_(self.gas, self.gas)] * self.is_same
        total[np.diag_indices_from(total)] += noise[self.gas]
        return total

    def rows_of_polymers(self) -> list[np.ndarray]:
        starts = np.flatnonzero(np.diff(self.polymer)) + 1
        return np.split(np.arange(len(self.polymer)), starts)

    def negative_log_likelihood(self, parameters: np.ndarray) -> tuple[float, np.ndarray]:
        """Return -log p(values) and its gradient (Rasmussen and Williams, equation 5.9)."""
        chemistry, polymer, noise = _covariances(parameters, self.design.shape[1])
        total = self.covariance(chemistry @ chemistry.T, polymer @ polymer.T, noise)
        factor = cho_factor(total, lower=True, overwrite_a=True, check_finite=False)
        of_means = cho_solve(factor, self.design)
        means = np.linalg.solve(self.design.T @ of_means, of_means.T @ self.values)
        weights = cho_solve(factor, self.values - self.design @ means)
        loss = 0.5 * self.values @ weights + np.log(np.diag(factor[0])).sum()
        slope = np.outer(weights, weights) - _inverse(factor)
        by_kernel = self.design.T @ (slope * self.kernel) @ self.design
        by_polymer = self.design.T @ (slope * self.is_same) @ self.design
        below = np.tril_indices(len(noise))
        gradient = [
            -(by_kernel @ chemistry)[below],
            -(by_polymer @ polymer)[below],
            -0.5 * noise * (np.diag(slope) @ self.design),
        ]
        return float(loss), np.concatenate(gradient)


def _covariances(parameters: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unpack two lower triangles, B = L Lᵀ and S = M Mᵀ, and the noise variances."""
    below = np.tril_indices(n)
    size = len(below[0])
    triangles = np.zeros((2, n, n))
    triangles[0][below], triangles[1][below] = parameters[:size], parameters[size : 2 * size]
    return triangles[0], triangles[1], np.exp(parameters[2 * size :])


def _inverse(factor: tuple[np.ndarray, bool]) -> np.ndarray:
    """Return the inverse of a matrix from its (lower) Cholesky factor, with a third of the work."""
    inverse, _ = dpotri(factor[0], lower=1)
    lower = np.tril(inverse)
    return np.asarray(lower + np.tril(inverse, -1).T)


def _flat(covariance: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.cholesky(covariance)[np.tril_indices(len(covariance))])


def _check(kernel: np.ndarray, table: np.ndarray) -> None:
    n = len(table)
    if table.ndim != 2 or kernel.shape != (n, n):
        raise InputError(
            f"The similarity has shape {kernel.shape} and the values {table.shape}; for n polymers "
            "they must be (n, n) and (n, n_gases). Take both from the same polymers."
        )
    counts = np.isfinite(table).sum(axis=0)
    if (counts < 2).any():
        raise InputError(
            f"Gas number {int(np.argmin(counts))} has {int(counts.min())} values, and at least 2 "
            "are needed to learn anything about it. Leave the column out."
        )
