"""Django's `migrate`, killed at any statement and run again.

Django notes that a migration is done after its transaction has ended, wherever something of it (foreign keys)
waits for the end. Killed between the two, the next run begins the same migration once more and finds that its
tables are there already: the installation never starts again. Here the note is of the same transaction.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.core.management.commands import migrate
from django.db import transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState


class WholeOrNotAtAll(MigrationExecutor):
    """A migration and the note that it is done are one transaction, where the migration is one."""

    def apply_migration(
        self, state: ProjectState, migration: Migration, *args: Any, **named: Any
    ) -> ProjectState:
        """Run a migration forwards."""
        one = migration.atomic and self.connection.features.can_rollback_ddl
        with transaction.atomic(self.connection.alias) if one else nullcontext():
            return super().apply_migration(state, migration, *args, **named)


# The command takes its executor from its module and offers no other way to give it one.
migrate.MigrationExecutor = WholeOrNotAtAll  # type: ignore[misc]


class Command(migrate.Command):
    """Updates database schema. Manages both apps with migrations and those without."""
