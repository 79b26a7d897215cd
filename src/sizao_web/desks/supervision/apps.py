"""The app of this desk."""

from __future__ import annotations

from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    """Inspections, what they found, whether it was put right."""

    name = "sizao_web.desks.supervision"
    label = "desk_supervision"

    def ready(self) -> None:
        from sizao_web.desks.supervision import entries

        entries.register_all()
