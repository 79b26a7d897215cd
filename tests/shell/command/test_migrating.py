"""A migration that ends at any point can be begun again."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.commands import migrate
from django.db import connection, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from sizao_web.records.management.commands.migrate import WholeOrNotAtAll


class _Killed(Exception):
    pass


def _ended_before_it_is_noted(executor: type[MigrationExecutor], monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the table of a migration is there after it was ended before it was noted as done."""
    made: Any = migrations.Migration("begun_again", "records")
    whom = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True
    )  # waits for the end of the migration
    made.operations = [
        migrations.CreateModel("BegunAgain", [("id", models.BigAutoField(primary_key=True)), ("whom", whom)])
    ]
    one = executor(connection)

    def end(migration: migrations.Migration) -> None:
        raise _Killed

    monkeypatch.setattr(one, "record_migration", end)
    with pytest.raises(_Killed):
        one.apply_migration(ProjectState(), made)
    return "records_begunagain" in connection.introspection.table_names()


@pytest.mark.django_db
def test_what_a_migration_made_is_there_only_with_the_note_that_it_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not _ended_before_it_is_noted(WholeOrNotAtAll, monkeypatch)


@pytest.mark.django_db
def test_with_djangos_own_way_the_tables_would_be_there_without_the_note(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert _ended_before_it_is_noted(MigrationExecutor, monkeypatch)


def test_migrate_is_ours() -> None:
    assert get_commands()["migrate"] == "sizao_web.records"
    load_command_class("sizao_web.records", "migrate")
    assert migrate.MigrationExecutor is WholeOrNotAtAll  # type: ignore[attr-defined]
