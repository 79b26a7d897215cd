"""The app of this desk."""

from __future__ import annotations

from django.apps import AppConfig


class QuarantineConfig(AppConfig):
    """The quarantine site: rooms and those who are in them."""

    name = "sizao_web.desks.quarantine"
    label = "desk_quarantine"

    def ready(self) -> None:
        from sizao_web.desks.quarantine import entries

        entries.register_all()
