"""Fill a folder with rows, whatever happens on the way.

The order of events: lock the folder; write ``settings.json``, or compare it and refuse a folder
that was made otherwise; sweep stray temporary files; make the shards that have no good receipt;
when all receipts are on disk, write ``labels.parquet``, then ``manifest.json``. What is finished is
read from the disk only, never from what a worker says. The result depends on the settings and the
code alone: not on the number of workers, the order or the kills.
"""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from edex.errors import DataError, InputError
from edex.spacegroup.executors import count_cores, run_processes, run_serial
from edex.spacegroup.jobs import RowMaker, ShardJob, code_versions, compare_versions
from edex.spacegroup.pdf_table import LABELS, MANIFEST, PdfTable, load_pdfs, verify_pdfs
from edex.spacegroup.shards import (
    Receipt,
    ShardStore,
    folder_lock,
    json_bytes,
    sha256,
    sweep,
    write_file,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Step", "Workload", "fill_folder"]

Step = Callable[[str, int, int], None]
SETTINGS = "settings.json"
_OURS = {SETTINGS, LABELS, MANIFEST, "shards"}


@dataclass(frozen=True, eq=False)
class Workload:
    """What a run makes.

    Attributes
    ----------
    maker : RowMaker
        Makes a row from its number.
    order : ndarray of shape (size,), int
        The rows in the order in which they are made and stored; the table has them in their own
        order.
    templates : pandas.DataFrame
        What is known of template number 0, 1 …; joined to the labels.
    r : ndarray of shape (n_points,)
        Grid of the rows.
    notes : dict
        Anything else that the manifest shall say, as JSON.
    """

    maker: RowMaker
    order: np.ndarray
    templates: pd.DataFrame
    r: np.ndarray
    notes: dict[str, Any] = field(default_factory=dict)


def fill_folder(
    folder: str | Path,
    settings: Mapping[str, Any],
    prepare: Callable[[], Workload],
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    resume: bool = True,
    progress: Step | None = None,
    versions: Mapping[str, str] | None = None,
) -> PdfTable:
    """Make all rows of a run, or those that an earlier run did not finish.

    Parameters
    ----------
    folder : str or Path
        A new or empty folder, or one that was started with the same settings.
    settings : mapping
        Everything that decides the rows, as JSON; ``shard_rows`` among it.
    prepare : callable
        Gives the :class:`Workload`; not called if the folder is complete.
    workers : int, optional
        Processes on this computer; by default one a core.
    scheduler : str, optional
        Address of a Dask scheduler, to use its workers instead.
    resume : bool
        Whether a folder that was started may be completed.
    progress : callable, optional
        Told of progress as ``progress(stage, done, total)``.
    versions : mapping of str to str, optional
        Replaces :func:`edex.spacegroup.jobs.code_versions`.

    Returns
    -------
    PdfTable

    Raises
    ------
    InputError
        If the folder holds something else, was made with other settings, or was started and
        ``resume`` is False; or if the number of workers is not positive.
    DataError
        If another run works in the folder, a file cannot be written, or a shard fails.
    """
    folder = Path(folder)
    n_workers = _check_workers(workers)
    wanted = {
        "settings": json.loads(json_bytes(dict(settings))),
        "versions": dict(versions or code_versions()),
    }
    if _is_complete(folder, wanted):
        return load_pdfs(folder)
    try:
        (folder / "shards").mkdir(parents=True, exist_ok=True) if _may_use(folder) else None
    except OSError as error:
        raise DataError(
            f"The folder {folder} cannot be made ({error.strerror}). A writable place is needed. "
            "Choose another one with --folder."
        ) from error
    with folder_lock(folder):
        _claim(folder, wanted, resume=resume)
        sweep(folder)
        run = sha256(json_bytes(wanted))
        say = progress or _say_nothing
        say("templates", 0, 1)
        workload = prepare()
        say("templates", 1, 1)
        store = ShardStore(folder.absolute(), run, workload.order, int(settings["shard_rows"]))
        job = ShardJob(store, workload.maker, wanted["versions"])
        receipts = _finish_shards(job, n_workers, scheduler, say)
        sweep(folder)
        _assemble(store, receipts, workload, wanted)
    return load_pdfs(folder)


def _check_workers(workers: int | None) -> int:
    if workers is None:
        return count_cores()
    if workers < 1:
        raise InputError(
            f"The number of workers is {workers}; it must be 1 or more. Leave it out to use all "
            f"{count_cores()} cores."
        )
    return workers


def _say_nothing(stage: str, done: int, total: int) -> None:
    """Show no progress."""


def _is_complete(folder: Path, wanted: Mapping[str, Any]) -> bool:
    """Tell whether the folder holds the whole result, undamaged; refuse other settings."""
    if not (folder / MANIFEST).is_file():
        return False
    _compare_settings(folder, wanted)
    try:
        return all(state.status == "ok" for state in verify_pdfs(folder))
    except DataError:
        return False


def _may_use(folder: Path) -> bool:
    """Refuse a folder that holds anything but a run."""
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file. A folder is needed. Choose another name.")
    if folder.is_dir() and not (folder / SETTINGS).is_file():
        others = sorted(
            path.name
            for path in folder.iterdir()
            if not path.name.startswith(".") and (path.name not in _OURS or path.is_file())
        )
        if others:
            raise InputError(
                f"The folder {folder} holds other files ({others[0]!r} among them) and no "
                f"{SETTINGS}. PDFs are made in a folder of their own. Name a new or empty one."
            )
    return True


def _claim(folder: Path, wanted: Mapping[str, Any], *, resume: bool) -> None:
    """Write the settings into a new folder; compare them with those of a folder in use."""
    path = folder / SETTINGS
    if not path.is_file():
        write_file(path, json_bytes(wanted))
        return
    there = _compare_settings(folder, wanted)
    if not resume:
        raise InputError(
            f"The folder {folder} holds a run that is not complete. It is not started anew "
            "without being told. Add --resume to complete it, or choose another folder."
        )
    different = compare_versions(there["versions"], dict(wanted["versions"]))
    if different:
        raise InputError(
            f"The folder {folder} was started with other software: {'; '.join(different)}. All "
            "shards of a folder must come from the same code. Complete it with that software, or "
            "choose another folder."
        )


def _compare_settings(folder: Path, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``settings.json`` holds, or refuse it by name of what differs."""
    path = folder / SETTINGS
    try:
        there: dict[str, Any] = json.loads(path.read_bytes())
        old = dict(_flatten(there["settings"]))
        _ = there["versions"].items()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{path} cannot be read ({error}). It says how the PDFs in the folder were made. "
            "Remove the folder, or choose another one."
        ) from None
    new = dict(_flatten(wanted["settings"]))
    different = [
        f"{name} is {old.get(name, 'absent')} there and {new.get(name, 'absent')} here"
        for name in sorted({*old, *new})
        if old.get(name, "absent") != new.get(name, "absent")
    ]
    if different:
        raise InputError(
            f"The folder {folder} was made with other settings: {'; '.join(different)}. Nothing "
            "was changed in it. Use its settings, or choose another folder."
        )
    return there


def _flatten(settings: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield settings with dotted names."""
    for name, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _finish_shards(
    job: ShardJob, workers: int, scheduler: str | None, progress: Step
) -> list[Receipt]:
    """Make shards until the disk holds a good receipt of each."""
    store = job.store
    receipts = store.receipts()
    while missing := [shard for shard in range(store.n_shards) if shard not in receipts]:
        done = sum(len(store.rows(shard)) for shard in receipts)
        progress("PDFs", done, store.size)
        with closing(_executor(job, missing, workers, scheduler)) as finished:
            for shard in finished:
                done += len(store.rows(shard))
                progress("PDFs", done, store.size)
        n_before = len(receipts)
        receipts = _look_for_receipts(store, patience=60.0 if scheduler else 0.0)
        if len(receipts) == n_before:
            raise DataError(
                f"Workers finished {len(missing)} shards, but none of them is in {store.folder}. "
                "All machines must share this folder, under the same path. Choose a folder on a "
                "shared disk."
            )
    return [receipts[shard] for shard in range(store.n_shards)]


def _look_for_receipts(store: ShardStore, patience: float) -> dict[int, Receipt]:
    """Read the receipts; a network file system may show new files only after some time (s)."""
    limit = time.monotonic() + patience
    while len(receipts := store.receipts()) < store.n_shards and time.monotonic() < limit:
        time.sleep(1.0)
    return receipts


def _executor(
    job: ShardJob, shards: list[int], workers: int, scheduler: str | None
) -> Generator[int]:
    if scheduler is not None:
        from edex.spacegroup.cluster import run_on_cluster

        return run_on_cluster(job, shards, scheduler)
    if workers == 1 or len(shards) == 1:
        return run_serial(job, shards)
    return run_processes(job, shards, workers)


def _assemble(
    store: ShardStore,
    receipts: list[Receipt],
    workload: Workload,
    wanted: Mapping[str, Any],
) -> None:
    """Write the table of labels and, last of all, the manifest."""
    import pandas as pd

    columns = {
        name: [value for receipt in receipts for value in receipt.labels[name]]
        for name in receipts[0].labels
    }
    made = pd.DataFrame({"row": columns.pop("row"), "place": np.arange(store.size)})
    known = workload.templates.iloc[columns.pop("template")].set_axis(made.index)
    drawn = pd.DataFrame(columns, index=made.index)
    labels = pd.concat([made, known, drawn], axis="columns").sort_values("row", ignore_index=True)
    buffer = io.BytesIO()
    labels.to_parquet(buffer, index=False)
    write_file(store.folder / LABELS, buffer.getvalue())

    shards = [store.shard_path(shard) for shard in range(store.n_shards)]
    paths = [
        store.folder / SETTINGS,
        store.folder / LABELS,
        *shards,
        *(store.receipt_path(shard) for shard in range(store.n_shards)),
    ]
    names = [path.relative_to(store.folder).as_posix() for path in paths]
    manifest = {
        **workload.notes,
        **wanted,
        "r": [float(value) for value in workload.r],
        "rows_per_class": _count(labels),
        "quarantine": _quarantine(receipts, workload.templates),
        "shards": [path.relative_to(store.folder).as_posix() for path in shards],
        "files": {name: sha256(path.read_bytes()) for name, path in zip(names, paths, strict=True)},
    }
    write_file(store.folder / MANIFEST, json_bytes(manifest))


def _count(labels: pd.DataFrame) -> dict[str, int]:
    if "space_group_number" not in labels:
        return {}
    counts = labels["space_group_number"].value_counts().sort_index()
    return {str(number): int(count) for number, count in counts.items()}


def _quarantine(receipts: list[Receipt], templates: pd.DataFrame) -> list[dict[str, Any]]:
    """Collect the templates that gave some row nothing: reasons, and the rows that others took."""
    found: dict[int, dict[str, Any]] = {}
    for receipt in receipts:
        for row, number, reason in receipt.failures:
            entry = found.setdefault(
                number, {**_describe(templates, number), "reasons": [], "rows": []}
            )
            entry["rows"].append(row)
            if reason not in entry["reasons"]:
                entry["reasons"].append(reason)
    return [found[number] for number in sorted(found)]


def _describe(templates: pd.DataFrame, number: int) -> dict[str, Any]:
    return {str(name): value for name, value in templates.iloc[number].items()}
