"""Claim: clustering first, with the paper's seven scaled features, helps no flexible model.

Of 72 comparisons none shows a gain whose 95 % interval excludes zero; ridge, which is stiff, comes
nearest. (A model with less to see gains more: linear regression on the seven features alone gains
more than 100 K with three clusters.)

Prints direct MAE minus two-step MAE (positive: clustering helps) with the standard error corrected
for overlapping folds, on the handbook's binary compounds and, if they are on this computer, on the
paper's 420 training compounds.

Run it with ``python benchmarks/melting_two_step.py [REPEATS]`` (3 repeats: some ten minutes).
"""

from __future__ import annotations

import sys
import time

from threadpoolctl import threadpool_limits

from edex.datasets import is_available, load_crc_melting, load_gharakhanyan_2024
from edex.datasets.gharakhanyan import CLUSTERING_COLUMNS, FEATURE_COLUMNS
from edex.melting import CompositionFeaturizer, make_regressor, parse_formula, reduced_formula
from edex.melting.two_step import CLUSTERING_FEATURES, make_clusterers, two_step_gains

REGRESSORS = ("ridge", "support vectors", "gaussian process", "extra trees")


def load_tables() -> dict[str, tuple]:
    """Return features, targets, groups and clustering features of each data set."""
    handbook = load_crc_melting()
    binary = handbook[handbook["formula"].map(lambda text: len(parse_formula(text)) == 2)]
    featurizer = CompositionFeaturizer().set_output(transform="pandas")
    tables = {"crc": (featurizer.fit_transform(binary["formula"].tolist()), binary,
                      CLUSTERING_FEATURES)}  # fmt: skip
    if is_available("gharakhanyan-2024"):
        paper = load_gharakhanyan_2024().query("split == 'train'")
        tables["paper"] = (paper[list(FEATURE_COLUMNS)], paper, CLUSTERING_COLUMNS)
    return tables


def main() -> None:
    """Print one line for each comparison."""
    n_repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    for name, (X, table, clustering_features) in load_tables().items():
        for regressor in REGRESSORS:
            clusterers = {
                f"{clusterer}, k = {k}": estimator
                for k in (2, 3, 4)
                for clusterer, estimator in make_clusterers(k).items()
            }
            start = time.perf_counter()
            gains = two_step_gains(
                X.reset_index(drop=True),
                table["melting_temperature"],
                groups=table["formula"].map(reduced_formula).to_numpy(),
                regressor=make_regressor(regressor, n_trees=100),
                clusterers=clusterers,
                clustering_features=clustering_features,
                n_repeats=n_repeats,
            )
            for clusterer, gain in gains.items():
                sys.stdout.write(
                    f"{name:6s} {regressor:17s} {clusterer:24s} direct {gain.direct}  gain "
                    f"{gain.gain.value:6.1f} ± {gain.gain.standard_error:4.1f} K  "
                    f"spread {gain.spread:.0f} K\n"
                )
            sys.stdout.write(f"{time.perf_counter() - start:.0f} s\n")
            sys.stdout.flush()


if __name__ == "__main__":
    with threadpool_limits(limits=1):  # small problems: threads cost more than they bring
        main()
