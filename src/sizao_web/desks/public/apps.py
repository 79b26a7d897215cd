"""The app of this desk."""

from __future__ import annotations

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """Everybody: fever clinics, notices, rights."""

    name = "sizao_web.desks.public"
    label = "desk_public"

    def ready(self) -> None:
        from sizao_web.desks.public import entries

        entries.register_all()
