"""The filter by what a figure counts: the list is asked as of the same moment as the figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from sizao.terms.words import Words
from sizao_web.pages.filters import NOT_OFFERED, Filter, NotUnderstood
from sizao_web.pages.telling import Telling
from sizao_web.records.reading.answers import now
from sizao_web.records.reading.measures import MEASURES, Clock, condition
from sizao_web.records.reading.overview import clock_of

LABELS = {name: measure.label for name, measure in MEASURES.items()}


def of_last_run(telling: Telling) -> Clock:
    """The moment as of which the ledger is: that of its last run."""
    return clock_of(now(telling.scope, telling.moment))


@dataclass(frozen=True)
class Counted(Filter):
    """Reads the name of a measure as its condition."""

    clock: Callable[[Telling], Clock] = of_last_run

    def read(self, text: str, telling: Telling) -> Q:
        """The condition of a measure. NotUnderstood for a name that is none."""
        if text not in MEASURES:
            raise NotUnderstood(NOT_OFFERED)
        return condition(text, self.clock(telling))


def counted(clock: Callable[[Telling], Clock] = of_last_run) -> Filter:
    """The filter of a list of obligations."""
    label = Words("统计口径", "counted as")
    return Counted("counted", label, lambda found: found, "choice", lambda telling: LABELS, clock=clock)
