"""The app of this desk."""

from __future__ import annotations

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    """Rules and packs as pages anybody can read."""

    name = "sizao_web.desks.policy"
    label = "desk_policy"

    def ready(self) -> None:
        from sizao_web.desks.policy import entries

        entries.register_all()
