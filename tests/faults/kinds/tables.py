"""Tables while they are changed, backed up, restored, and spoilt on the disk."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from faults.installation import Installation, kill
from faults.journal import Journal, read
from faults.kinds.kills import resend
from faults.oracle import judge, sound
from faults.registry import Fault, Outcome, Stage, timed
from faults.storm import clients_at_work, settle, until_recorded
from sizao_web.settings import embedded
from sizao_web.settings.database import EMBEDDED_NAME
from sizao_web.settings.postgresql import owner, postmaster, programs

ROUND = 10  # entries of the audit that are spoilt at a time
TEXTS = "account, role, area, purpose, deed, what, subject"
PAGE = 8192  # bytes of a block of PostgreSQL


# -- a migration ends half-way --------------------------------------------------------------------------


def _migrations(stage: Stage) -> Outcome:
    return _migrated(stage, "kept", stage.size, [])


def _torn_migrations(stage: Stage) -> Outcome:
    return _migrated(stage, "planted", 2, ["bug"])


def _migrated(stage: Stage, name: str, size: int, bug: list[str]) -> Outcome:
    """Killed at statements by lot, then run again to its end: the tables are those of an undisturbed run."""
    found = Outcome()
    with stage.installation(name) as installation, embedded.using(installation.cluster):
        _emptied(installation)
        whole = int(_migrating(installation, 0, []).stdout)
        wanted = _shape(installation)
        numbers = range(1, whole + 1)
        chosen = sorted(stage.chance("points").sample(numbers, min(size, whole)))
        chosen = [whole // 3, whole // 2] if bug else chosen
        for number in chosen:
            _emptied(installation)
            killed = _migrating(installation, number, bug).returncode != 0
            found.points += killed
            with timed(found.back):
                again = installation.tried("migrate")
            found.wrong += again.returncode != 0 or _shape(installation) != wanted
            stage.say(f"statement {number} of {whole}")
    found.said.append(f"{whole} statements, {len(chosen)} of them taken by lot")
    return found


def _emptied(installation: Installation) -> None:
    """An empty database in the place of the one there was."""
    embedded.start(installation.cluster)
    with installation._connection("postgres") as connection:
        connection.execute(f"DROP DATABASE {EMBEDDED_NAME} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {EMBEDDED_NAME} ENCODING 'UTF8'")


def _migrating(installation: Installation, number: int, bug: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "faults.migrating", str(number), *bug],
        env={**installation.environment, "SIZAO_ROLE": "owner"},
        capture_output=True,
        text=True,
        check=False,
    )


def _shape(installation: Installation) -> str:
    """A hash of tables, columns, constraints, indexes, functions, policies, rights and migrations."""
    asked = """
    SELECT string_agg(said, E'\\n' ORDER BY said) FROM (
      SELECT 'c ' || attrelid::regclass || ' ' || attname || ' ' || atttypid::regtype || attnotnull AS said
        FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
      UNION ALL SELECT 'k ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace
      UNION ALL SELECT 'i ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
      UNION ALL SELECT 'f ' || pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
      UNION ALL SELECT 'p ' || tablename || ' ' || policyname || ' ' || coalesce(qual, '')
        || coalesce(with_check, '') FROM pg_policies
      UNION ALL SELECT 'g ' || table_name || ' ' || grantee || ' ' || privilege_type
        FROM information_schema.role_table_grants WHERE table_schema = 'public'
      UNION ALL SELECT 'm ' || app || ' ' || name FROM django_migrations) AS all_of_it"""
    with installation._connection() as connection:
        (said,) = connection.execute(asked).fetchone() or ("",)
    return hashlib.sha256((said or "").encode()).hexdigest()


# -- a backup while people record, and the loss of everything else ----------------------------------------


def _backup(stage: Stage) -> Outcome:
    found = Outcome()
    for number in range(stage.size):
        found.add(_lost_and_restored(stage, f"kept-{number}", None))
    return found


def _forgetful(stage: Stage) -> Outcome:
    return _lost_and_restored(stage, "planted", "forgetful")


def _lost_and_restored(stage: Stage, name: str, bug: str | None) -> Outcome:
    """What was acknowledged when the backup began is in what is restored from it, whole and once."""
    with stage.installation(name, bug) as installation:
        journals, until_then = stage.journals(name), stage.journals(f"{name}-until-then")
        file = stage.folder / f"{name}.backup"
        for old in stage.folder.glob(f"{file.name}*"):
            old.unlink()
        installation.start()
        with clients_at_work(installation, journals, stage.seed):
            until_recorded(journals, 30)
            for one in journals.glob("*.journal"):
                shutil.copy(one, until_then)
            with _chained_meanwhile(installation):
                done = installation.tried("backup", str(file))
            assert done.returncode == 0, done.stderr
            until_recorded(journals, 5)
        _gone(installation)
        _removed(installation.cluster)
        found = Outcome(points=1)
        installation.module = "sizao_web.command"
        with timed(found.back):
            restored = installation.tried("restore", str(file))
            if restored.returncode:
                return Outcome(points=1, lost=1, said=[restored.stderr.strip()[-300:]])
            installation.start()
        kept = judge(installation, _beside(journals, until_then))
        found.acknowledged, found.lost = kept.acknowledged, kept.lost
        found.double, found.wrong = kept.twice, kept.wrong + kept.unexpected
        if not bug:
            resend(installation, journals)
            settle(installation)
            installation.stop()
            found.add(sound(installation, journals))
        return found


@contextmanager
def _chained_meanwhile(installation: Installation) -> Iterator[None]:
    """Roots of the audit are signed while something lasts: of a large city every backup meets some."""
    over = Event()

    def chained() -> None:
        while not over.is_set():
            done = installation.tried("audit", "chain")
            assert done.returncode == 0, done.stderr

    with ThreadPoolExecutor(1) as beside:
        told = beside.submit(chained)
        try:
            yield
        finally:
            over.set()
        told.result()


def _beside(journals: Path, until_then: Path) -> Path:
    """The diaries as they were when the backup began; what was sent later may be there or not."""
    known = read(until_then)
    later = Journal(until_then / "zz-later.journal")
    for event in read(journals).values():
        if event.key not in known or known[event.key].answer == "sent":
            later.note(type(event)(**{**event.__dict__, "answer": "sent"}))
    return until_then


def _removed(folder: Path) -> None:
    """Delete it; sessions of the killed server may still be ending in it."""
    until = time.monotonic() + 30
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=time.monotonic() < until)
        time.sleep(0.1)


def _gone(installation: Installation) -> None:
    """Everything of the installation killed."""
    found = installation.processes()
    for pid in (*found["parent"], *found["keeper"], *found["answering"], *found["jobs"], *found["database"]):
        kill(pid)
    installation.forget()


# -- bits that flip ---------------------------------------------------------------------------------------


def _flips(stage: Stage) -> Outcome:
    with stage.installation() as installation:
        found = _flipped(stage, installation, stage.size)
        found.add(_spoilt_backups(stage, max(1, stage.size // 10)))
    return found


def _unchecked(stage: Stage) -> Outcome:
    with stage.installation("planted") as installation:
        _checksums(installation, "--disable")
        return _flipped(stage, installation, 5)


def _flipped(stage: Stage, installation: Installation, size: int) -> Outcome:
    """One bit in so many blocks of tables and indexes: each of them is found, none is read as if it "
    "were true."""
    chance = stage.chance("bits")
    blocks = chance.sample(sorted(_blocks(installation.cluster)), size)
    for file, number in blocks:
        _flip(file, number * PAGE + chance.randrange(24, PAGE), chance)
    said = _checksums(installation, "--check")
    bad = next((int(line.split(":")[1]) for line in said.splitlines() if line.startswith("Bad checksums")), 0)
    return Outcome(points=size, acknowledged=size, wrong=size - bad, said=[f"{bad} of {size} blocks found"])


def _blocks(cluster: Path) -> Iterator[tuple[Path, int]]:
    """Blocks that hold something, of the files of tables and indexes."""
    for file in cluster.glob("base/*/*"):
        if file.name.isdigit() and file.stat().st_size:
            content = file.read_bytes()
            for number in range(len(content) // PAGE):
                if any(content[number * PAGE : number * PAGE + 24]):
                    yield file, number


def _flip(file: Path, place: int, chance: random.Random) -> None:
    with file.open("r+b") as opened:
        opened.seek(place)
        (byte,) = opened.read(1)
        opened.seek(place)
        opened.write(bytes([byte ^ (1 << chance.randrange(8))]))


def _checksums(installation: Installation, what: str) -> str:
    assert postmaster(installation.cluster) is None
    done = subprocess.run(
        [str(programs(installation.cluster) / "pg_checksums"), what, "-D", str(installation.cluster)],
        capture_output=True,
        text=True,
        check=False,
        **owner(),
    )
    return done.stdout


def _spoilt_backups(stage: Stage, size: int) -> Outcome:
    """A bit of a backup flipped: it is refused, or comes back as it was; never as something else."""
    found = Outcome()
    chance = stage.chance("backup")
    with stage.installation("backed-up") as installation:
        file = stage.folder / "whole.backup"
        assert installation.tried("backup", str(file)).returncode == 0
        for number in range(size):
            spoilt = stage.folder / f"spoilt-{number}.backup"
            shutil.copy(file, spoilt)
            shutil.copy(f"{file}.json", f"{spoilt}.json")
            _flip(spoilt, chance.randrange(spoilt.stat().st_size), chance)
            with _empty(stage, installation) as other:
                done = other.tried("restore", str(spoilt))
                found.points += 1
                if done.returncode == 0:
                    found.wrong += "no row differs" not in done.stdout and "无差异" not in done.stdout
    return found


# -- bits of the audit ------------------------------------------------------------------------------------


def _audit(stage: Stage) -> Outcome:
    return _audit_flipped(stage, "kept", None, stage.size)


def _unread_audit(stage: Stage) -> Outcome:
    return _audit_flipped(stage, "planted", "unread", ROUND)


def _audit_flipped(stage: Stage, name: str, bug: str | None, size: int) -> Outcome:
    """One bit flipped in as many entries of the audit, some at a time, by whoever owns the database: each is
    found at its place, and when they are as they were nothing is."""
    chance = stage.chance("audit")
    found = Outcome()
    with stage.installation(name, bug) as installation, embedded.using(installation.cluster):
        assert installation.tried("audit", "chain", role="worker").returncode == 0
        places = _chained(installation)
        assert len(places) > 1, "there is no audit to spoil"
        while found.points < size:
            count = min(ROUND, size - found.points, len(places))
            # Not beside each other: of neighbours it is said that they were moved.
            chosen = dict(chance.sample(places[chance.randrange(2) :: 2], min(count, len(places) // 2)))
            _flip_entries(installation, list(chosen.values()), chance)
            said = json.loads(installation.tried("audit", "verify", "--json", role="worker").stdout)
            told = {one["first"] for one in said["findings"]}
            found.points += len(chosen)
            found.wrong += len(chosen.keys() - told)
            _flip_entries(installation, [], chance)
        again = installation.tried("audit", "verify", role="worker")
        found.wrong += again.returncode != 0
        found.acknowledged = len(places)
    found.said.append(f"{found.points} bits in a chain of {len(places)} entries, {ROUND} at a time")
    return found


def _chained(installation: Installation) -> list[tuple[int, int]]:
    """Place and number of each entry that has a place."""
    with installation._connection() as connection:
        return connection.execute("SELECT place, entry FROM audit_link ORDER BY place").fetchall()


def _flip_entries(installation: Installation, entries: list[int], chance: random.Random) -> None:
    """Flip a bit of a text in each of these; with none, put back what was there."""
    with installation._connection() as connection:
        connection.execute("SET session_replication_role = replica")
        if not entries:
            connection.execute(
                f"UPDATE audit_entry AS a SET ({TEXTS}) = (SELECT {TEXTS} FROM audit_before AS b "
                "WHERE b.id = a.id) WHERE id IN (SELECT id FROM audit_before)"
            )
            return
        connection.execute("DROP TABLE IF EXISTS audit_before")
        connection.execute(
            "CREATE TABLE audit_before AS SELECT * FROM audit_entry WHERE id = ANY(%s)", [entries]
        )
        for entry in entries:
            row = connection.execute(f"SELECT {TEXTS} FROM audit_entry WHERE id = %s", [entry]).fetchone()
            texts = {column: text for column, text in zip(TEXTS.split(", "), row or (), strict=True) if text}
            column = chance.choice(sorted(texts))
            content = bytearray(texts[column].encode())
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(3)
            connection.execute(
                f"UPDATE audit_entry SET {column} = %s WHERE id = %s",
                [content.decode(errors="replace"), entry],
            )


@contextmanager
def _empty(stage: Stage, like: Installation) -> Iterator[Installation]:
    """A new place with the keys of another."""
    data = stage.folder / "empty"
    data.mkdir(mode=0o711)
    shutil.copytree(like.data / "keys", data / "keys")
    shutil.copy(like.data / "demo.json", data / "demo.json")
    for folder in like.data.glob("*-programs"):
        (data / folder.name).symlink_to(folder.resolve())
    other = Installation(data)
    try:
        yield other
    finally:
        embedded.stop(other.cluster)
        shutil.rmtree(data)


FAULTS = (
    Fault(
        name="migration-killed",
        does="`sizao migrate` of an empty database killed at statements by lot, then run again",
        expects="the second run goes to its end, and tables, functions, policies and rights are those of an "
        "undisturbed run",
        bug="a migration is not one transaction",
        run=_migrations,
        planted=_torn_migrations,
        sizes={"full": 3, "long": 100_000},
        threats=("F22",),
    ),
    Fault(
        name="backup-in-a-storm",
        does="a backup taken while 4 clients record; then everything killed and the database's folder "
        "deleted, "
        "and restored by the written procedure",
        expects="what was acknowledged when the backup began is there; `restore` compares every row",
        bug="the backup forgets a table, and nobody compares",
        run=_backup,
        planted=_forgetful,
        sizes={"full": 1, "long": 20},
        threats=("F23",),
    ),
    Fault(
        name="flipped-bits",
        does="single bits flipped in blocks of tables and indexes at rest, and in backups",
        expects="every block is found by its checksum; a backup is refused, or what comes back is "
        "compared with "
        "what it stated",
        bug="a cluster without checksums",
        run=_flips,
        planted=_unchecked,
        sizes={"full": 30, "long": 1000},
        threats=("F21",),
    ),
    Fault(
        name="flipped-bits-of-the-audit",
        does="single bits flipped in entries of the audit by whoever owns the database",
        expects="`sizao audit verify` names the place of each; when they are as they were it finds nothing",
        bug="only the signatures of the roots are looked at",
        run=_audit,
        planted=_unread_audit,
        sizes={"full": 40, "long": 1000},
        threats=("F21",),
    ),
)
