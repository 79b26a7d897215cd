"""The data dictionary: every fact by name, and the columns that all of them have."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from sizao.facts import (
    appeals,
    care,
    cases,
    decisions,
    duty,
    entry,
    institutions,
    people,
    places,
    public,
    requests,
    restrictions,
    sampling,
    seen,
    supervision,
    supplies,
    tasking,
)
from sizao.facts.columns import area, code, count, flag, identifier, instant, text
from sizao.facts.declaration import Column, Fact

_IN_ORDER = (
    *places.FACTS,
    people.PEOPLE,
    people.MERGES,
    people.HOUSEHOLDS,
    people.DEPENDANTS,
    people.CARERS,
    people.RESIDENCES,
    people.STAYS,
    people.ARRIVALS,
    people.OCCUPATIONS,
    cases.CLASSIFICATIONS,
    cases.EXPOSURES,
    cases.DESIGNATIONS,
    cases.STANDING_INSTRUCTIONS,
    restrictions.ORDERS,
    restrictions.ROOM_STAYS,
    restrictions.CLOSED_LOOP_STAYS,
    restrictions.HEALTH_CHECKS,
    restrictions.RELEASES,
    restrictions.HAND_OVERS,
    restrictions.HAND_OVER_ACCEPTANCES,
    restrictions.TRANSFERS,
    sampling.SAMPLES,
    sampling.SAMPLE_MEMBERS,
    sampling.SAMPLE_RECEIPTS,
    sampling.RESULTS,
    *institutions.FACTS,
    care.ADMISSIONS,
    care.DISCHARGES,
    care.DEATHS,
    care.VISITS,
    cases.CASE_REPORTS,
    cases.INVESTIGATIONS,
    care.REFERRALS,
    care.MEDICINE_SALES,
    care.ENCOUNTERS,
    care.ESCORTS,
    care.APPOINTMENT_SLOTS,
    care.APPOINTMENTS,
    *entry.FACTS,
    *requests.FACTS,
    *appeals.FACTS,
    decisions.AREA_GRADES,
    decisions.RESPONSE_LEVELS,
    decisions.AREA_COUNTS,
    decisions.WAIVERS,
    decisions.ADOPTIONS,
    decisions.PUBLISHED_TOTALS,
    supervision.INSPECTIONS,
    supervision.FINDINGS,
    supervision.RECTIFICATIONS,
    *duty.FACTS,
    *tasking.FACTS,
    *supplies.FACTS,
    *public.FACTS,
)

FACTS: Mapping[str, Fact] = MappingProxyType({one.name: one for one in _IN_ORDER})
"""The facts that have a table each; rules read these."""

STREAMS: Mapping[str, Fact] = MappingProxyType({one.name: one for one in (seen.CHECK_INS, seen.TEMPERATURES)})
"""The facts that come in millions a day and go after days: staged, moved to the lake, read by window."""

DECLARED: Mapping[str, Fact] = MappingProxyType({**FACTS, **STREAMS})
"""Every fact."""

COMMON: tuple[Column, ...] = (
    identifier("fact_id", "row", "行编号（UUIDv7）", "identifier of the row, a UUID of version 7"),
    count("key_hi", "自然键摘要高64位", "high half of the key", unit="bits"),
    count("key_lo", "自然键摘要低64位", "low half of the key", unit="bits"),
    text("source_system", "来源系统", "system the row comes from"),
    text("source_record", "来源记录", "record in that system"),
    count("source_version", "来源版本，从1起", "version in that system, from 1", unit="versions"),
    code("action", "actions", "链接动作", "what the row does: record, replace or retract"),
    text("reason", "理由；撤回时必填", "reason; required to retract", required=False),
    instant("happened_at", "发生时间", "moment it happened"),
    instant("known_at", "主管机构知悉时间", "moment the responsible authority knew"),
    instant("recorded_at", "系统落库时间，仅供审计", "moment this system made it durable, for audit only"),
    identifier("recorded_by", "person_in_office", "记录人", "who recorded it"),
    area("area", "记录地", "area where it was recorded; never changes"),
    flag("history", "知悉时间由来源给出", "the source, not this system, says when it became known"),
    flag(
        "derived",
        "某值按既定办法赋予，非直接观察",
        "a value was assigned by a stated procedure, not observed",
    ),
)


def fact(name: str) -> Fact:
    """The fact of that name; KeyError naming the nearest one when there is none."""
    if name in DECLARED:
        return DECLARED[name]
    nearest = get_close_matches(name, DECLARED, n=1, cutoff=0.5)
    advice = f"Did you mean {nearest[0]!r}?" if nearest else f"The facts are: {', '.join(DECLARED)}."
    raise KeyError(f"{name!r} is no fact of the dictionary. {advice}")
