"""The shell's part of the command `sizao`: pages, jobs, database, accounts, keys, receipts, backups, a demo.

The library's command finds `app` by the entry point `sizao.commands`. Nothing here is imported for `sizao
derive`; and what a command needs it imports itself, because a process works as the owner of the database,
as pages or as jobs, and settings are read once.
"""

from __future__ import annotations

import typer

from sizao_web.command import (
    accounts,
    audit,
    backup,
    database,
    demonstration,
    doctor,
    jobs,
    keys,
    lake,
    partners,
    receipts,
    results,
    retention,
    running,
)
from sizao_web.command.wording import CHINESE

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("demo")(demonstration.demo)
app.command("serve")(running.serve)
app.command("work")(running.work)
app.command("stop")(running.stop)
app.command("migrate")(database.migrate)
app.command("doctor")(doctor.doctor)
app.add_typer(accounts.app, name="account")
app.add_typer(partners.app, name="partner")
app.add_typer(retention.app, name="retention")
app.add_typer(results.app, name="results")
app.add_typer(lake.app, name="lake")
app.add_typer(audit.app, name="audit")
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("keys")(keys.keys)
app.add_typer(jobs.app, name="jobs")
app.add_typer(receipts.app, name="receipt")

__all__ = ["CHINESE", "app"]
