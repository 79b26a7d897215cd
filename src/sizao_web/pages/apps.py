"""The app of the frame."""

from __future__ import annotations

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Templates, tags and assets that all desks share."""

    name = "sizao_web.pages"
    label = "pages"
