"""What a backup and its restoration have to do with the audit: the copy is verified, the witness is told."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import psycopg

from sizao.cli.screen import Screen, Wrong
from sizao_web.command.installation import django_ready
from sizao_web.records.chain import witness
from sizao_web.settings.configuration import Configuration

HERE = "SELECT to_regclass('public.audit_root') IS NOT NULL"


def lines(place: Path) -> list[witness.Line]:
    """What the witness has seen; Wrong where it cannot be read."""
    try:
        return witness.read(place)
    except (OSError, witness.Damaged) as cause:
        raise Wrong(
            f"The witness of the audit at {place} cannot be read: {cause}",
            f"读不了{place}处的审计见证：{cause}",
        ) from cause


def verified(database: psycopg.Connection[Any], seen: list[witness.Line], found: Configuration) -> Any:
    """The report on the chain of a copy; None where there is no audit yet."""
    if database.execute(HERE).fetchone() != (True,):
        return None
    from sizao_web.records.chain.verifying import verify
    from sizao_web.records.signing import public_keys

    return verify(database, seen, public_keys(found.signing_key))


def say(screen: Screen, report: Any) -> None:
    """What the verification of the copy came to; Wrong when something was done to the audit."""
    if report is None:
        return
    if not report.well:
        raise Wrong(
            "The audit in this copy is not what it was: see sizao audit verify. Keep the copy: it is "
            "evidence.",
            "此副本中的审计已不是当初的样子：见sizao audit verify。请保留此副本作为证据。",
        )
    screen.text(
        screen.say(
            f"审计链：{report.entries:,}条记录、{report.roots:,}个根，已核对，未发现改动。",
            f"The chain of the audit: {report.entries:,} entries and {report.roots:,} roots, verified; "
            "nothing was found.",
        )
    )


def roots_of(file: Path) -> Path:
    """Where the roots stand that the witness had seen when a backup was made."""
    return file.with_name(f"{file.name}.roots.jsonl")


def seen_before(place: Path, part: Path) -> list[witness.Line]:
    """What the witness has seen by now, and a copy of it beside the part of a backup.

    To be asked before the dump, so that all of it is in there. The roots that are made while a backup is
    written are not, and whoever looked for them in the copy would call it tampered with.
    """
    seen = lines(place)
    roots_of(part).unlink(missing_ok=True)
    if (there := witness.file_of(place)).exists():
        shutil.copyfile(there, roots_of(part))
    return seen


def keep(part: Path, file: Path) -> None:
    """The roots beside the part stand beside the backup from now on."""
    roots_of(file).unlink(missing_ok=True)  # of another backup that had this name
    if roots_of(part).exists():
        roots_of(part).rename(roots_of(file))


def state(screen: Screen, address: str, file: Path) -> None:
    """Say to the witness that this database is a restored backup: else it would be taken for an attack."""
    with psycopg.connect(address) as database:
        if database.execute(HERE).fetchone() != (True,):
            return
    django_ready()
    from django.db import connection

    from sizao_web.records.chain.chaining import state_restored
    from sizao_web.settings.clock import now

    try:
        state_restored(now(), f"sizao restore {file.name}")
    except OSError as cause:
        screen.note(
            screen.say(
                f"未能告知审计的见证处（{cause}）。请在其恢复后运行：sizao audit restored '{file.name}'",
                f"The witness of the audit was not told ({cause}). Once it is back run: sizao audit restored "
                f"'{file.name}'",
            )
        )
    finally:
        connection.close()
