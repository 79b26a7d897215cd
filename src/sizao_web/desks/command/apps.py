"""The app of this desk."""

from __future__ import annotations

from django.apps import AppConfig


class CommandConfig(AppConfig):
    """Headquarters: the four earlies, coverage, what is overdue by office, areas, as known then."""

    name = "sizao_web.desks.command"
    label = "desk_command"

    def ready(self) -> None:
        from sizao_web.desks.command import entries

        entries.register_all()
