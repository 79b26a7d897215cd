"""Whose desk this is."""

from __future__ import annotations

from sizao_web.records.access.scope import Scope

AT_DOORS = frozenset({"community", "street"})
"""Duties that knock at doors: the community, and the street office for the communities below it."""

CARING = frozenset({"community", "civil_affairs"})
"""Duties that find somebody who cares for who was left at home."""

OWN, BELOW = {"community": "community", "street": "street"}, {"community": (), "street": ("community",)}
"""Duty -> the task of its own office, and of the offices below it whose visits it sees too."""


def tasks_of(scope: Scope) -> tuple[str, ...]:
    """Tasks of the offices whose visits a duty sees; its own by task only where no office is named."""
    own = () if scope.organisation else (OWN[scope.role],)
    return (*own, *BELOW[scope.role])
