"""The app of this desk."""

from __future__ import annotations

from django.apps import AppConfig


class InstitutionsConfig(AppConfig):
    """Places that report: one report a day, zero by one tap."""

    name = "sizao_web.desks.institutions"
    label = "desk_institutions"

    def ready(self) -> None:
        from sizao_web.desks.institutions import entries

        entries.register_all()
