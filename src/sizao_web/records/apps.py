"""The app of the records."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RecordsConfig(AppConfig):
    """Facts, ledger, audit; its row policies are made again after every migration."""

    name = "sizao_web.records"
    label = "records"

    def ready(self) -> None:
        post_migrate.connect(_install, dispatch_uid="sizao-row-policies")


def _install(sender: AppConfig, plan: Any = (), **kwargs: Any) -> None:
    """After the last app only, when every table is there."""
    from django.apps import apps
    from django.db import transaction

    from sizao_web.records.access.installing import install

    if sender is [one for one in apps.get_app_configs() if one.models_module is not None][-1]:
        with transaction.atomic():
            install()
