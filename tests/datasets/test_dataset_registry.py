import re
import subprocess
import sys
from importlib import resources

import pytest

import edex.datasets
from edex.datasets.registry import REGISTRY, dataset_names, get_spec
from edex.errors import InputError


def test_the_data_sets_are_registered():
    assert dataset_names() == [
        "amcsd", "crc-melting", "gas-permeability", "gharakhanyan-2024", "helium",
        "measured-pdfs", "mp-structures", "yang-2022",
    ]  # fmt: skip


def test_a_data_set_comes_in_exactly_one_way():
    for spec in REGISTRY.values():
        assert sum(map(bool, (spec.files, spec.package, spec.embedded))) == 1, spec.name


def test_every_embedded_file_is_in_the_package_with_its_licence():
    folder = resources.files("edex.datasets")
    for spec in REGISTRY.values():
        if spec.embedded is not None:
            assert (folder / spec.embedded).is_file()
            stem = spec.embedded.partition(".")[0]
            assert "icense" in (folder / f"{stem}.LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", dataset_names())
def test_every_file_is_pinned_by_commit_hash_and_size(name):
    for file in get_spec(name).files:
        assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
        assert file.size > 0
        assert "/" not in file.name
        if file.url is not None:
            assert re.search(r"/[0-9a-f]{40}/", file.url)
            assert file.url.startswith("https://")
            assert file.url.endswith(file.name)
        if file.member is not None:
            assert file.url is None
            assert re.fullmatch(r"[0-9a-f]{64}", file.member.wheel_sha256)
            assert re.fullmatch(r"[0-9.]+", file.member.version)
            assert file.member.path.endswith("/" + file.name)


def test_no_two_files_of_a_data_set_share_a_name():
    for spec in REGISTRY.values():
        names = [file.name for file in spec.files]
        assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        ("crc_melting", "crc-melting"),
        ("crc", "crc-melting"),
        ("gharakhanian-2024", "gharakhanyan-2024"),
        ("Gharakhanyan", "gharakhanyan-2024"),
        ("mp_structures", "mp-structures"),
        ("AMCSD", "amcsd"),
        ("gas_permeability", "gas-permeability"),
        ("Helium", "helium"),
        ("yang", "yang-2022"),
    ],
)
def test_unknown_name_suggests_the_nearest_data_set(typed, suggested):
    with pytest.raises(InputError, match=f"Did you mean '{suggested}'"):
        get_spec(typed)


def test_name_far_from_all_lists_what_is_known():
    with pytest.raises(
        InputError,
        match=r"no data set 'zzz'. edex knows: amcsd, crc-melting, .*, yang-2022. Choose one",
    ):
        get_spec("zzz")


def test_listing_data_sets_imports_nothing_heavy():
    code = (
        "import sys, edex.datasets as d; d.dataset_names(); d.card('crc-melting');"
        "d.is_available('crc-melting');"
        "print([m for m in ('pandas', 'numpy', 'pooch', 'chemicals') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", edex.datasets.__all__)
def test_every_public_name_can_be_imported(name):
    assert getattr(edex.datasets, name) is not None
    assert name in dir(edex.datasets)


def test_unknown_attribute_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'load_everything'"):
        _ = edex.datasets.load_everything
