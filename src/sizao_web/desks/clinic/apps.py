"""The app of this desk."""

from __future__ import annotations

from django.apps import AppConfig


class ClinicConfig(AppConfig):
    """Pharmacies, fever clinics and the other doors of medical institutions."""

    name = "sizao_web.desks.clinic"
    label = "desk_clinic"

    def ready(self) -> None:
        from sizao_web.desks.clinic import entries

        entries.register_all()
