"""Tables of the lake: Delta tables on a disk of ours, one folder of files for each day.

A writer names its step, (application, number), in the very commit that adds the rows: after a kill it asks
which number was committed last, and neither repeats a step nor leaves one out. Delta's writer does not call
fsync; `make_durable` does, and nothing may be thrown away elsewhere before it has returned.

Files that no version names any more are removed at once (`sweep`): who reads holds the lock of the table
meanwhile. Least and greatest values are kept of no column that tells of somebody: the log names nobody.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import CommitProperties, DeltaTable, PostCommitHookProperties, Transaction, write_deltalake
from deltalake.exceptions import TableNotFoundError

DAY = "day"
"""The column by which every table is parted; a date."""

SMALL = 16 << 20  # bytes below which a file counts as small
MANY = 8  # small files of one day from which they are worth being made one


@dataclass(frozen=True)
class Status:
    """What a table holds. small: files of fewer than SMALL bytes; days: those that have a file."""

    version: int
    rows: int
    files: int
    small: int
    bytes: int
    days: tuple[date, ...]


class LakeTable:
    """One table. `create` makes it where it is not there yet; everything else reads what is on disk now."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.path = folder / name

    @property
    def exists(self) -> bool:
        """Whether something was ever written to it."""
        return (self.path / "_delta_log").is_dir() and DeltaTable.is_deltatable(str(self.path))

    def create(self, schema: pa.Schema, *, measured: Sequence[str]) -> None:
        """Make the table. measured: columns of which the log may keep the least and the greatest value."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.exists:
            DeltaTable.create(
                str(self.path),
                schema,
                mode="ignore",
                partition_by=[DAY],
                configuration={
                    "delta.dataSkippingStatsColumns": ",".join(measured),
                    "delta.logRetentionDuration": "interval 1 hours",
                    "delta.enableExpiredLogCleanup": "true",
                    "delta.checkpointInterval": "50",
                },
            )
            _sync_folder(self.path.parent)
            self.make_durable()

    def last_step(self, application: str) -> int:
        """The number of the last step that this application committed; -1 before the first."""
        found = self._open().transaction_version(application)
        return -1 if found is None else found

    def append(self, rows: pa.Table, *, application: str, step: int) -> None:
        """Add rows in one commit that names its step. Not durable before `make_durable`."""
        write_deltalake(
            self._open(),
            rows,
            mode="append",
            commit_properties=CommitProperties(app_transactions=[Transaction(application, step)]),
            post_commithook_properties=PostCommitHookProperties(
                create_checkpoint=True, cleanup_expired_logs=False
            ),
        )

    def make_durable(self) -> None:
        """Force to disk every file that the table rests on now, and the folders that name them."""
        log = self.path / "_delta_log"
        for file in (*self._files(), *(one for one in log.iterdir() if one.is_file())):
            _sync_file(file)
        for folder in {one.parent for one in self._files()} | {log, self.path}:
            _sync_folder(folder)

    @contextmanager
    def reading(self) -> Iterator[DeltaTable]:
        """The newest version, whose files stay where they are meanwhile."""
        with self._locked(fcntl.LOCK_SH):
            yield self._open()

    def rows(
        self,
        *,
        first: date,
        last: date,
        where: pc.Expression | None = None,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """The rows of the days from first to last (both included) for which `where` holds."""
        with self.reading() as table:
            wanted = (pc.field(DAY) >= pa.scalar(first)) & (pc.field(DAY) <= pa.scalar(last))
            dataset = table.to_pyarrow_dataset()
            found: pa.Table = dataset.to_table(
                filter=wanted if where is None else wanted & where,
                columns=list(columns or dataset.schema.names),
            )
        return found

    def drop_before(self, day: date) -> int:
        """Leave out every day before this one; how many rows that were. Their files go with `sweep`."""
        table = self._open()
        gone = sum(
            add["num_records"]
            for add in pa.table(table.get_add_actions(flatten=True)).to_pylist()
            if add[f"partition.{DAY}"] < day
        )
        if gone:
            table.delete(f"{DAY} < DATE '{day.isoformat()}'")
            self.make_durable()
        return int(gone)

    def drop_where(self, condition: str) -> int:
        """Leave out rows (SQL over their columns); how many. For what goes before its day does."""
        table = self._open()
        gone = int(table.delete(condition).get("num_deleted_rows") or 0)
        if gone:
            self.make_durable()
        return gone

    def compact(self) -> int:
        """Make one file of many small ones, day by day; how many days were worth it."""
        table, done = self._open(), 0
        for day, small in self._small_files(table).items():
            if small >= MANY:
                table.optimize.compact(partition_filters=[(DAY, "=", day.isoformat())])
                done += 1
        if done:
            self.make_durable()
        return done

    def sweep(self) -> int:
        """Remove every file that the newest version does not name, and the log of older versions.

        How many data files went. Waits until nobody reads.
        """
        with self._locked(fcntl.LOCK_EX):
            table = self._open()
            gone = table.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False, full=True)
            self._forget_versions(table)
            for folder in sorted(one for one in self.path.glob(f"{DAY}=*") if one.is_dir()):
                if not any(folder.iterdir()):
                    folder.rmdir()
            self.make_durable()
        return len(gone)

    def status(self) -> Status:
        """What the table holds now."""
        with self.reading() as table:
            adds = pa.table(table.get_add_actions(flatten=True)).to_pylist()
            return Status(
                table.version(),
                sum(add["num_records"] for add in adds),
                len(adds),
                sum(add["size_bytes"] < SMALL for add in adds),
                sum(add["size_bytes"] for add in adds),
                tuple(sorted({add[f"partition.{DAY}"] for add in adds})),
            )

    def missing_files(self) -> list[Path]:
        """Files that the newest version names and that are not there, or not of their size."""
        with self.reading() as table:
            adds = pa.table(table.get_add_actions(flatten=True)).to_pylist()
            named = [(self.path / unquote(add["path"]), add["size_bytes"]) for add in adds]
        return [file for file, size in named if not file.is_file() or file.stat().st_size != size]

    # -- below ----------------------------------------------------------------------------------------

    def _open(self) -> DeltaTable:
        try:
            return DeltaTable(str(self.path))
        except TableNotFoundError:
            raise FileNotFoundError(f"{self.path} is no table of the lake.") from None

    def _files(self) -> list[Path]:
        adds = pa.table(self._open().get_add_actions(flatten=True)).to_pylist()
        return [self.path / unquote(add["path"]) for add in adds]

    def _small_files(self, table: DeltaTable) -> dict[date, int]:
        found: dict[date, int] = {}
        for add in pa.table(table.get_add_actions(flatten=True)).to_pylist():
            if add["size_bytes"] < SMALL:
                found[add[f"partition.{DAY}"]] = found.get(add[f"partition.{DAY}"], 0) + 1
        return found

    def _forget_versions(self, table: DeltaTable) -> None:
        """Write a checkpoint, and remove the log and the checkpoints of every version before it.

        Delta's own clean-up goes by the age of files on the real clock; here nothing may outlast its rows.
        """
        table.update_incremental()
        table.create_checkpoint()
        version, log = table.version(), self.path / "_delta_log"
        pointer = json.loads((log / "_last_checkpoint").read_text(encoding="utf-8"))
        if pointer["version"] != version:
            raise RuntimeError(f"The checkpoint of {self.name} is of {pointer['version']}, not {version}.")
        self.make_durable()  # before what it replaces goes
        for file in log.iterdir():
            number = file.name.split(".", 1)[0]
            if number.isdecimal() and int(number) < version:
                file.unlink()

    @contextmanager
    def _locked(self, kind: int) -> Iterator[None]:
        lock = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, kind)
            yield
        finally:
            os.close(lock)


def _sync_file(file: Path) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    _sync_file(folder)
