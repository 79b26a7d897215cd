"""The app of this desk."""

from __future__ import annotations

from django.apps import AppConfig


class EveryoneConfig(AppConfig):
    """What every workplace shares: search, a person's page, why, lists, entry forms, hand-overs."""

    name = "sizao_web.desks.everyone"
    label = "desk_everyone"

    def ready(self) -> None:
        from sizao_web.desks.everyone import entries

        entries.register_all()
