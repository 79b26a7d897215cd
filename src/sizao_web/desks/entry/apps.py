"""The app of this desk."""

from __future__ import annotations

from django.apps import AppConfig


class EntryConfig(AppConfig):
    """Stations and airports, and those who verify pushed names."""

    name = "sizao_web.desks.entry"
    label = "desk_entry"

    def ready(self) -> None:
        from sizao_web.desks.entry import entries

        entries.register_all()
