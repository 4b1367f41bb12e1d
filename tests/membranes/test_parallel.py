"""Several processes: the same numbers and the same failures as with one."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joblib import parallel_config
from sklearn.base import clone
from textbook_polymers import CHAINS, LADDERS, WRONG

from edex.errors import InputError
from edex.membranes import (
    MaccsKeys,
    MorganCounts,
    PathBits,
    PeriodicMorgan,
    PolymerDescriptors,
    PolymerWarning,
    parallel,
)

GOOD = CHAINS + LADDERS
BAD = [text for text, _ in WRONG]
KINDS = [
    PathBits(n_bits=256),
    MaccsKeys(),
    MorganCounts(radius=2, min_polymers=1),
    PeriodicMorgan(radius=2, min_polymers=1),
    PolymerDescriptors(),
]


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(parallel, "_SMALLEST_CHUNK", 1)


@pytest.fixture(scope="module", autouse=True)
def _threads():
    """Threads start at once; that processes do the same is a slow test below."""
    with parallel_config(backend="threading"):
        yield


def everything(kind, texts, n_jobs):
    """Return all that a transformer says of some polymers."""
    transformer = clone(kind).set_params(on_error="nan", n_jobs=n_jobs)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        X = transformer.fit(GOOD).transform(texts)
    said = [str(warning.message) for warning in caught if warning.category is PolymerWarning]
    failures = [(f.row, str(f.smiles), f.reason) for f in transformer.find_failures(texts)]
    return X, said, failures, list(transformer.get_feature_names_out())


def assert_same(kind, texts, n_jobs):
    X, *others = everything(kind, texts, n_jobs)
    expected, *expected_others = everything(kind, texts, None)
    np.testing.assert_array_equal(X, expected)
    assert others == expected_others


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: type(kind).__name__)
def test_a_row_is_the_same_whoever_computed_it(kind):
    @settings(max_examples=5)
    @given(st.lists(st.sampled_from(GOOD + BAD), max_size=12), st.integers(1, 4))
    def check(texts, n_jobs):
        assert_same(kind, texts, n_jobs)

    check()


@pytest.mark.usefixtures("small_chunks")
def test_what_is_new_in_a_polymer_is_the_same_too():
    texts = [*CHAINS, *BAD]
    one = MorganCounts(on_error="nan").fit(CHAINS[:9])
    two = MorganCounts(on_error="nan", n_jobs=2).fit(CHAINS[:9])
    assert two.environments_ == one.environments_
    np.testing.assert_array_equal(two.unseen_fraction(texts), one.unseen_fraction(texts))


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: type(kind).__name__)
def test_the_first_bad_row_of_all_chunks_is_named(kind):
    texts = [*GOOD[:7], "C=C", *GOOD[:7], "CC#CSCC", *GOOD]
    with pytest.raises(InputError, match="Row 7: 'C=C' has no attachment point"):
        clone(kind).set_params(n_jobs=3).fit(texts)


@pytest.mark.parametrize("n_jobs", [0, 1.5, "two", True])
def test_an_impossible_number_of_processes_is_refused(n_jobs):
    with pytest.raises(InputError, match=r"n_jobs is .*-1 for one on each core"):
        PathBits(n_jobs=n_jobs).fit_transform(["*CC*"])


@settings(max_examples=50)
@given(st.integers(0, 700), st.integers(1, 5))
def test_chunks_are_contiguous_and_cover_everything_once(size, n_jobs):
    items = list(range(size))
    chunks = parallel.map_chunks(list, items, n_jobs=n_jobs)
    assert [item for _, part in chunks for item in part] == items
    assert all(part[0] == start for start, part in chunks if part)
    assert n_jobs > 1 or len(chunks) == 1


def test_few_polymers_are_not_worth_a_process():
    assert len(parallel.map_chunks(list, list(range(50)), n_jobs=4)) == 1
    assert len(parallel.map_chunks(list, list(range(51)), n_jobs=4)) == 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: type(kind).__name__)
def test_processes_give_what_one_process_gives(kind):
    with parallel_config(backend="loky"):
        assert_same(kind, 4 * (GOOD + BAD), 2)
