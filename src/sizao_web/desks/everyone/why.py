"""Why? The story of one row, what closes it, and what else belongs to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sizao.facts.dictionary import FACTS
from sizao.obligations.recorded import Recorded
from sizao.obligations.story import Story
from sizao.policy.model import Policy
from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import local_time
from sizao_web.desks.everyone.closing import version_of, ways_to_close, ways_to_find_out
from sizao_web.desks.everyone.retelling import Retelling, fact_of
from sizao_web.pages import presenters
from sizao_web.pages.addresses import PROPOSE, address
from sizao_web.pages.language import language, said
from sizao_web.pages.names import meet, names
from sizao_web.pages.routes import SEEING_ROWS, page
from sizao_web.records.reading.history import history, visible
from sizao_web.records.reading.pack import policy_in_use
from sizao_web.records.reading.stories import Told, beside, story, story_of_unknown
from sizao_web.settings.clock import bare


@page(roles=SEEING_ROWS, about="obligation")
def why(request: HttpRequest, obligation: str) -> HttpResponse:
    """Why one row is there, what it demands, what proves it, and what happens otherwise."""
    told = story(request.scope, request.moment, obligation.lower(), language())
    if told is None:
        raise Http404
    rows = beside(request.scope, told.row)
    meet(request, [told.row, *rows], areas=["area"], offices=["about", "responsible"])
    offices = [told.row.done_by or "", *told.row.answers_to.split(",")]
    retold = _retold(request, told.story, told.facts, told.policy, offices)
    trigger = fact_of(f"{told.row.trigger_fact}:{told.row.trigger_key}")
    context = {
        "told": told,
        "row": told.row,
        "because": retold.because(trigger),
        "parts": retold.parts(),
        "reason": presenters.reason(told.row.withdrawn_why),
        "cause": _cause(request, told),
        "ways": ways_to_close(told.row, told.policy, request.scope, _values(told, trigger), request.path),
        "beside": rows,
        "appeal": _appeal(told),
        "waive": _waive(request, told),
        "zone": settings.SIZAO.zone,
    }
    return render(request, "everyone/why.html", context)


@page(roles=SEEING_ROWS, about="unknown")
def why_unknown(request: HttpRequest, fact: str, key: str) -> HttpResponse:
    """What must be found out before the rules can say whether they apply."""
    found, facts = story_of_unknown(request.scope, request.moment, fact, key, language())
    if not found:
        raise Http404
    rules = policy_in_use().rules
    stories = []
    for row, told in found:
        version = next(one for one in rules[row.rule] if one.number == row.version)
        ways = ways_to_find_out(version, row.about, request.scope, request.path)
        parts = _retold(request, told, facts, policy_in_use(), ()).parts()
        stories.append({"row": row, "story": told, "parts": parts.values(), "ways": ways})
    return render(request, "everyone/why_unknown.html", {"stories": stories, "row": found[0][0]})


def _retold(
    request: HttpRequest, story: Story, facts: Any, policy: Policy, offices: Iterable[str]
) -> Retelling:
    """The story with the names and links that this reader has."""
    cites = [fact_of(cite) for section in story.sections for one in section.sentences for cite in one.cites]
    known = names(request)
    told_of = {
        value
        for name, table in facts.items()
        for column in FACTS[name].columns
        if column.of in ("office", "place", "subject")
        for value in table[column.name].to_pylist()
    }
    known.meet([{"office": one} for one in {*offices, *told_of} if one], offices=["office"])
    known.meet([{"area": path} for path in facts["areas"]["path"].to_pylist()], areas=["area"])
    return Retelling(
        story,
        facts,
        policy,
        known_by=bare(request.moment),
        known=known,
        seen=visible(request.scope, cites),
    )


def _values(told: Told, cite: str) -> Mapping[str, Any] | None:
    row = Recorded(told.facts, known_by=bare(told.as_of)).row(cite)
    return None if row is None else row.values


def _cause(request: HttpRequest, told: Told) -> Any:
    """The fact that made a row vanish, where one did and the reader may open it."""
    fact, _, key = (told.row.withdrawn_by or "").partition(":")
    return history(request.scope, fact, key) if key and request.scope.may_read(fact) else None


def _waive(request: HttpRequest, told: Told) -> str | None:
    """Where a waiver of the row is proposed, filled in; None where it cannot be or this duty does not."""
    row, to = told.row, address(PROPOSE, "waivers")
    version = version_of(row, told.policy)
    open_ = row.withdrawn_at is None and row.status in ("overdue", "open", "upcoming")
    if (
        to is None
        or "waivers" not in request.scope.duty.decides
        or version is None
        or not version.waivable
        or not open_
    ):
        return None
    begins = local_time(bare(request.moment), settings.SIZAO.zone).strftime("%Y-%m-%dT%H:%M")
    known = {"obligation": row.obligation_id, "about": row.about, "from_at": begins}
    return f"{to}?{urlencode(known)}"


def _appeal(told: Told) -> str | None:
    """The office that hears an appeal, as the text names it."""
    for version in told.policy.rules.get(told.row.rule, ()):
        if version.number == told.row.version and version.appeal is not None:
            return said(CODE_LISTS["office_tasks"].label_of(version.appeal))
    return None
