"""The app of this desk."""

from __future__ import annotations

from django.apps import AppConfig


class WatchConfig(AppConfig):
    """Alarms, switches, and the audit for supervision."""

    name = "sizao_web.desks.watch"
    label = "desk_watch"

    def ready(self) -> None:
        from sizao_web.desks.watch import entries

        entries.register_all()
