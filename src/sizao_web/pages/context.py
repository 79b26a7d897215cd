"""What every page's frame shows: language, who works under which duty, the city's clock, the way around."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from sizao_web.pages import navigation
from sizao_web.pages.language import language


def frame(request: HttpRequest) -> dict[str, Any]:
    """Values of the base template."""
    scope = getattr(request, "scope", None)
    return {
        "language": language(),
        "html_language": "zh-Hans" if language() == "zh" else "en",
        "scope": scope,
        "moment_now": getattr(request, "moment", None),
        "demo": settings.SIZAO.mode == "demo",
        "navigation": navigation.entries(scope, request.path) if scope else [],
    }
