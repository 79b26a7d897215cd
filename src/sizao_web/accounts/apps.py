"""The app of accounts."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Accounts and what they are assigned to."""

    name = "sizao_web.accounts"
    label = "accounts"
