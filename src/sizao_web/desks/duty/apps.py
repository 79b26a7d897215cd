"""The app of this desk."""

from __future__ import annotations

from django.apps import AppConfig


class DutyConfig(AppConfig):
    """Duty round the clock, incidents with their clocks, decisions as assignments."""

    name = "sizao_web.desks.duty"
    label = "desk_duty"

    def ready(self) -> None:
        from sizao_web.desks.duty import entries

        entries.register_all()
