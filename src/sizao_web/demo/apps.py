"""The app of the demonstration."""

from __future__ import annotations

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Personas to sign in as."""

    name = "sizao_web.demo"
    label = "demo"
