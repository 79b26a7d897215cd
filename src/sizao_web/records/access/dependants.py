"""Whom a resident cares for: they stand beside the resident in the scope, as long as the fact says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from sizao.terms.time import local_day
from sizao_web.records.access.scope import Scope
from sizao_web.settings.clock import bare

NOBODY = "none"  # the answer that nobody depends on somebody


def with_dependants(scope: Scope, moment: datetime) -> Scope:
    """The scope with everybody whom its person cares for today, by number. Needs the scope to be entered."""
    from sizao_web.records.reading.facts import effective

    today, own = local_day(bare(moment), settings.SIZAO.zone), scope.persons[0]
    rows = effective(scope, "dependants", moment).filter(person=own, from_on__lte=today).exclude(kind=NOBODY)
    lasting = rows.filter(Q(until_on__isnull=True) | Q(until_on__gt=today))
    found = set(lasting.values_list("dependant", flat=True)) - {own}
    return replace(scope, persons=(own, *sorted(found)))
