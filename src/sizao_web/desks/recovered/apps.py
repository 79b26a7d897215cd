"""The app of this desk."""

from __future__ import annotations

from django.apps import AppConfig


class RecoveredConfig(AppConfig):
    """County hospital and family doctor: a year of follow-ups after a discharge."""

    name = "sizao_web.desks.recovered"
    label = "desk_recovered"

    def ready(self) -> None:
        from sizao_web.desks.recovered import entries

        entries.register_all()
