"""The app of this desk."""

from __future__ import annotations

from django.apps import AppConfig


class AccountDeskConfig(AppConfig):
    """One's own account."""

    name = "sizao_web.desks.account"
    label = "desk_account"

    def ready(self) -> None:
        from sizao_web.desks.account import entries

        entries.register_all()
