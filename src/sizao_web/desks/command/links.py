"""The lists behind the figures: of the ledger as it is, or of what was answered for a past moment.

Every figure is counted by `records.reading` with the same condition that its list has in its address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from sizao.terms.time import local_time
from sizao_web.pages.addresses import address, rows, with_query
from sizao_web.settings.clock import bare


@dataclass(frozen=True)
class Links:
    """Addresses of the lists of one area. question: of a past moment; None: of now."""

    area: str
    question: int | None = None

    def obligations(self, counted: str | None = None, **asked: str | None) -> str:
        """Obligations that a measure counts, narrowed further."""
        return self._rows("current", counted=counted, area=self.area, **asked)

    def own(self, office: str) -> str:
        """What an office must do by the limit, wherever."""
        return self._rows("current", counted="before_limit", office=office)

    def standing(self, until_by: datetime | None = None) -> str:
        """Who is restricted, those whose restriction ends by then."""
        return self._rows("standing", area=self.area, until_by=_typed(until_by))

    def unknown(self) -> str:
        """What is not known."""
        return self._rows("not-known", area=self.area)

    def too_late(self) -> str:
        """What was found too late."""
        return self._rows("found-too-late", area=self.area)

    def cases(self, **asked: str | None) -> str:
        """Confirmed cases."""
        return self._rows("cases", area=self.area, **asked)

    def overview(self, area: str | None = None, **asked: str | None) -> str:
        """The overview of an area."""
        route, numbers = ("overview", ()) if self.question is None else ("then", (self.question,))
        return _to(f"command:{route}", *numbers, area=area or self.area, **asked)

    @property
    def past(self) -> str:
        """Where a past moment is chosen."""
        return _to("command:ask", area=self.area)

    def _rows(self, which: str, **asked: str | None) -> str:
        if self.question is not None:
            return _to("command:then-rows", self.question, which, **asked)
        if which == "cases":
            return _to("command:cases", **asked)
        return rows(which, **asked)


def _to(route: str, *arguments: str | int, **asked: str | None) -> str:
    to = reverse(route, args=arguments) if arguments else address(route)
    assert to is not None, route
    return with_query(to, **asked)


def _typed(moment: datetime | None) -> str | None:
    """An instant as a filter of a list takes it: a local time of the city."""
    return None if moment is None else f"{local_time(bare(moment), settings.SIZAO.zone):%Y-%m-%dT%H:%M}"
