"""The app of this desk."""

from __future__ import annotations

from django.apps import AppConfig


class LaboratoryConfig(AppConfig):
    """Sampling teams and laboratories."""

    name = "sizao_web.desks.laboratory"
    label = "desk_laboratory"

    def ready(self) -> None:
        from sizao_web.desks.laboratory import entries

        entries.register_all()
