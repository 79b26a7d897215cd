"""The app of this desk."""

from __future__ import annotations

from django.apps import AppConfig


class CommunityConfig(AppConfig):
    """The community worker, on a phone: today's visits merged by household."""

    name = "sizao_web.desks.community"
    label = "desk_community"

    def ready(self) -> None:
        from sizao_web.desks.community import entries

        entries.register_all()
