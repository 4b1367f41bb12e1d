"""On measured permeabilities of O2: the model's chemistry, and the company that nitrile keeps."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import ExtraTreesRegressor

from edex.datasets import load_gas_permeability
from edex.learn.splits import grouped_folds
from edex.membranes import (
    MotifCounts,
    effect_signs,
    merge_polymers,
    permutation_importances,
    stratified_effect,
    textbook_agreement,
    tree_shapley,
    with_and_without,
)


@pytest.fixture(scope="module")
def measured():
    table = merge_polymers(load_gas_permeability()).table
    table = table[table["O2"].notna()].reset_index(drop=True)
    counts = MotifCounts()
    X = pd.DataFrame(counts.fit_transform(table["smiles"]), columns=counts.get_feature_names_out())
    return table["smiles"], X, np.log10(table["O2"].to_numpy())


@pytest.fixture(scope="module")
def held_out(measured):
    smiles, X, y = measured
    train, test = grouped_folds(smiles, 5, random_state=0)[0]
    forest = ExtraTreesRegressor(100, min_samples_leaf=2, random_state=0)
    return forest.fit(X.iloc[train], y[train]), X.iloc[train], y[train], X.iloc[test], y[test]


@pytest.mark.slow
def test_the_top_motifs_act_as_a_textbook_expects_on_polymers_held_out(held_out):
    forest, _, _, X, _ = held_out
    result = tree_shapley(forest, X)
    signs = effect_signs(result.values, X)
    table = textbook_agreement(result.importance, signs)
    assert result.additivity_error < 1e-6
    assert table["agrees"].sum() >= 8
    assert table.loc["disubstituted acetylene", "found"] == 1


@pytest.mark.slow
def test_the_forest_relies_on_more_in_training_than_is_worth_anything_later(held_out):
    forest, X_train, y_train, X, y = held_out
    trained = permutation_importances(forest, X_train, y_train, n_repeats=3)["mean"]
    later = permutation_importances(forest, X, y, n_repeats=10)
    assert (trained >= -1e-12).all()
    assert (later["mean"] < 0).sum() > 3
    assert later["mean"].idxmax() == "disubstituted acetylene"


@pytest.mark.slow
def test_nitrile_looks_good_and_is_not_outside_the_ladders_with_intrinsic_microporosity(measured):
    _, X, y = measured
    nitrile, ladder = X["nitrile"] > 0, X["dibenzodioxane"] > 0
    assert with_and_without(y, nitrile).difference > 1.0
    assert with_and_without(y[~ladder], nitrile[~ladder]).interval[1] < 0.0
    assert stratified_effect(y, nitrile, ladder).effect < 0.0
