"""The app of this desk."""

from __future__ import annotations

from django.apps import AppConfig


class CapacityConfig(AppConfig):
    """Rooms, beds, laboratories, teams, stock, works: headquarters and those who have them."""

    name = "sizao_web.desks.capacity"
    label = "desk_capacity"

    def ready(self) -> None:
        from sizao_web.desks.capacity import entries

        entries.register_all()
