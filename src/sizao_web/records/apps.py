"""The app of the records."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from psycopg.errors import DeadlockDetected

from sizao_web.settings.instants import read_instants_quickly


class RecordsConfig(AppConfig):
    """Facts, ledger, audit; its row policies are made again after every migration."""

    name = "sizao_web.records"
    label = "records"

    def ready(self) -> None:
        read_instants_quickly()
        post_migrate.connect(_install, dispatch_uid="sizao-row-policies")


TRIES = 5  # autovacuum may hold one table and wait for another that is just being given its policy


def _install(sender: AppConfig, plan: Any = (), **kwargs: Any) -> None:
    """After the last app only, when every table is there."""
    from django.apps import apps
    from django.db import OperationalError, transaction

    from sizao_web.records.access.installing import install

    if sender is not [one for one in apps.get_app_configs() if one.models_module is not None][-1]:
        return
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                install()
            return
        except OperationalError as cause:
            if not isinstance(cause.__cause__, DeadlockDetected) or not left:
                raise
