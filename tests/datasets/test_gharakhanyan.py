import os

import numpy as np
import pytest

from edex.datasets import (
    CLUSTERING_COLUMNS,
    FEATURE_COLUMNS,
    canonical_formula,
    card,
    load_crc_melting,
    load_gharakhanyan_2024,
    locate,
    reduced_counts,
)
from edex.datasets import gharakhanyan as gharakhanyan_module
from edex.datasets.formulas import atom_counts
from edex.errors import DataError

needs_files = pytest.mark.skipif(
    not os.environ.get("EDEX_DATA_DIR"),
    reason="EDEX_DATA_DIR is not set; it must name a folder with the files of gharakhanyan-2024",
)


@pytest.fixture(scope="module")
def table():
    return load_gharakhanyan_2024()


@needs_files
def test_rows_are_those_of_the_paper(table):
    assert len(table) == 476
    assert table["split"].value_counts().to_dict() == {"train": 420, "test": 56}
    assert table["formula"].is_unique
    assert table["formula"].map(lambda formula: len(atom_counts(formula)) == 2).all()


@needs_files
def test_published_clusters_have_the_published_sizes(table):
    sizes = table.groupby(["split", "published_cluster"]).size().to_dict()
    assert sizes == {("train", 1): 198, ("train", 2): 222, ("test", 1): 35, ("test", 2): 21}


@needs_files
def test_feature_columns_are_the_86_of_the_paper(table):
    assert len(FEATURE_COLUMNS) == len(set(FEATURE_COLUMNS)) == 86
    assert set(FEATURE_COLUMNS) <= set(table.columns)
    assert "e_per_atom" in table.columns
    assert "e_per_atom" not in FEATURE_COLUMNS
    assert set(CLUSTERING_COLUMNS) <= set(FEATURE_COLUMNS)
    assert table[list(FEATURE_COLUMNS)].notna().all().all()


@needs_files
def test_features_hold_no_copy_of_the_target(table):
    for column in ("melting_temperature", "log10_melt_temp_K", "melt_temp_C", "delta_T_vegard"):
        assert column in table.columns
        assert column not in FEATURE_COLUMNS


@needs_files
def test_target_is_in_kelvin(table):
    kelvin = table["melting_temperature"]
    np.testing.assert_allclose(kelvin, table["melt_temp_C"] + 273.15)
    np.testing.assert_allclose(kelvin, 10 ** table["log10_melt_temp_K"], rtol=1e-6)


@needs_files
def test_formulas_agree_with_the_atomic_masses_in_the_features(table):
    periodic_table = pytest.importorskip("chemicals.elements").periodic_table
    for row in table.itertuples():
        counts = atom_counts(row.formula)
        masses = np.array([periodic_table[symbol].MW for symbol in counts])
        assert row.M_ave == pytest.approx(masses.mean(), rel=0.01), row.formula
        weighted = np.average(masses, weights=list(counts.values()))
        assert row.M_aveX == pytest.approx(weighted, rel=0.01), row.formula


@needs_files
def test_the_papers_formulas_are_in_our_canonical_order(table):
    # An independent witness of the element order: people wrote these 476 names.
    for formula in table["formula"]:
        assert canonical_formula(atom_counts(formula)) == formula


@needs_files
def test_vegard_column_contradicts_the_target_for_cobalt_oxide_alone(table):
    vegard = table["melting_temperature"] - table["melt_temp_aveX"]
    difference = (table["delta_T_vegard"] - vegard).abs()
    assert table.loc[difference > 0.01, "formula"].tolist() == ["CoO"]
    assert difference.max() == pytest.approx(10.0, abs=0.01)


@needs_files
def test_k_means_finds_the_published_clusters(table):
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score
    from sklearn.preprocessing import StandardScaler

    train = table[table["split"] == "train"]
    features = StandardScaler().fit_transform(train[list(CLUSTERING_COLUMNS)])
    labels = KMeans(n_clusters=2, n_init=10, random_state=0).fit_predict(features)
    assert adjusted_rand_score(train["published_cluster"], labels) == pytest.approx(1.0)


@needs_files
def test_three_test_rows_have_a_negative_poisson_ratio(table):
    bulk, shear = table["bulk_m"], table["shear_m"]
    poisson_ratio = (3 * bulk - 2 * shear) / (6 * bulk + 2 * shear)
    assert set(table.loc[poisson_ratio < 0, "formula"]) == {"AsI3", "HgCl2", "Gd2Te3"}
    assert set(table.loc[poisson_ratio < 0, "split"]) == {"test"}


@needs_files
def test_two_sources_agree_for_most_compounds_and_disagree_wildly_for_some(table):
    pytest.importorskip("chemicals")

    def composition(formula):
        return canonical_formula(reduced_counts(formula))

    handbook = load_crc_melting()
    handbook = handbook.assign(composition=handbook["formula"].map(composition))
    paper = table.assign(composition=table["formula"].map(composition))
    both = paper.merge(handbook, on="composition", suffixes=("_paper", "_handbook"))
    difference = (both["melting_temperature_paper"] - both["melting_temperature_handbook"]).abs()
    assert both["composition"].nunique() > 440
    assert difference.median() < 5

    # what the card says, with the closer one where the handbook has two modifications
    closest = difference.groupby(both["composition"]).min()
    text = card("crc-melting")
    assert f"{len(closest)} compounds are also in" in text
    assert f"within 1 K for {(closest <= 1).sum()} and within 20 K for" in text
    assert f"within 20 K for {(closest <= 20).sum()}," in text
    assert f"more than 100 K for {(closest > 100).sum()}" in text
    assert f"more than 300 K for {(closest > 300).sum()}" in text
    root_mean_square = (closest**2).mean() ** 0.5
    assert f"{closest.mean():.0f} K, root mean square {root_mean_square:.0f} K" in text


@needs_files
def test_changing_the_table_does_not_change_the_next_one():
    first = load_gharakhanyan_2024()
    first["formula"] = "X"
    assert "X" not in set(load_gharakhanyan_2024()["formula"])


@needs_files
def test_absent_clusters_give_nan_and_a_warning(monkeypatch):
    paths = {name: path for name, path in locate("gharakhanyan-2024").items() if "clus" not in name}
    monkeypatch.setattr(gharakhanyan_module, "locate", lambda name: paths)
    with pytest.warns(UserWarning, match="published clusters are not on this computer.*data fetch"):
        table = load_gharakhanyan_2024()
    assert table["published_cluster"].isna().all()


@needs_files
def test_four_cluster_files_give_the_same_clusters_as_the_derived_table(
    monkeypatch, tmp_path, table
):
    paths = dict(locate("gharakhanyan-2024"))
    paths.pop("clusters.csv", None)
    for split, long_name in (("train", "training"), ("test", "test")):
        for cluster in (1, 2):
            rows = table[(table["split"] == split) & (table["published_cluster"] == cluster)]
            name = f"melting_temperature_and_features_{long_name}_set_cluster{cluster}.csv"
            published = rows["formula"].replace({"FeBr2": "Fe2Br"}).rename("Compound")
            published.to_csv(tmp_path / name, index=False)
            paths[name] = tmp_path / name
    monkeypatch.setattr(gharakhanyan_module, "locate", lambda name: paths)
    assert load_gharakhanyan_2024()["published_cluster"].equals(table["published_cluster"])


def test_absent_files_say_how_to_get_them(cache):
    with pytest.raises(DataError, match=r"EDEX_DATA_DIR.*edex data fetch gharakhanyan-2024"):
        load_gharakhanyan_2024()
