"""Who gives what: partners with keys, people at pages, readers. All invented."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from tools.district_day.district import HERE, ROOT, District
from tools.district_day.plan import Plan

DISTRICT = {
    "cdc": "cdc", "health": "health_commission", "education": "education", "supervision": "supervision",
    "civil": "civil_affairs", "port": "port_health", "sampling": "sampling_team", "doctor": "family_doctor",
}  # fmt: skip
"""Partner -> its role, for the whole district."""


@dataclass(frozen=True)
class Giver:
    """A partner or a person: the duty, and where."""

    name: str
    role: str
    area: str
    organisation: str | None


def partner(district: District, name: str) -> Giver:
    """The partner of this name."""
    if name == "command":
        return Giver(name, "command", ROOT, "office/command")
    if name in DISTRICT:
        role = DISTRICT[name]
        return Giver(name, role, HERE, f"office/{role}")
    if name == "laboratory":
        return Giver(name, "laboratory", HERE, "laboratory/drill")
    kind, number = name.rsplit("-", 1)
    if kind in ("community", "site"):
        return Giver(name, kind, f"{HERE}/{number}", f"office/site-{number}" if kind == "site" else None)
    place, area = district.place(kind, int(number))
    return Giver(name, {"school": "institution", "care_home": "institution"}.get(kind, kind), area, place)


def people(district: District) -> dict[str, Giver]:
    """Who sits at the pages."""
    street = district.streets[0]
    number = street.rsplit("/", 1)[1]
    stated = (
        ("nurse", "institution", *reversed(district.place("school", 0))),
        ("teacher", "institution", *reversed(district.place("school", 1))),
        ("chemist", "pharmacy", *reversed(district.place("pharmacy", 0))),
        ("seller", "pharmacy", *reversed(district.place("pharmacy", 1))),
        ("triage-nurse", "clinic", *reversed(district.place("clinic", 0))),
        ("doorkeeper", "clinic", *reversed(district.place("clinic", 3))),
        ("inspector", "supervision", HERE, "office/supervision"),
        ("grid-worker", "community", HERE, None),
        ("visitor", "community", HERE, None),
        ("home-watcher", "community", HERE, None),
        ("reporter", "cdc", HERE, "office/cdc"),
        ("tracer", "cdc", HERE, "office/cdc"),
        ("family-doctor", "family_doctor", HERE, "office/family_doctor"),
        ("ward", "health_commission", HERE, "office/health_commission"),
        ("duty-officer", "street", street, f"office/street-{number}"),
        ("supplier", "supplies", HERE, "office/supplies"),
        ("site-guard", "site", street, f"office/site-{number}"),
        ("sampler", "sampling_team", HERE, "office/sampling_team"),
        ("bench", "laboratory", HERE, "laboratory/drill"),
        ("carer", "civil_affairs", HERE, "office/civil_affairs"),
        ("order-clerk", "cdc", HERE, "office/cdc"),
        ("commander", "command", ROOT, "office/command"),
        ("street-reader", "street", street, f"office/street-{number}"),
        ("community-reader", "community", district.communities[0], f"office/community-{number}-c00"),
        ("school-authority", "education", HERE, "office/education"),
        ("market", "market_regulation", HERE, "office/market_regulation"),
    )
    return {name: Giver(name, role, area, organisation) for name, role, area, organisation in stated}


def facts_of(plan: Plan) -> dict[str, list[str]]:
    """Partner -> the facts that its key gives: those that it tells in the day."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in plan.told:
        if one.phase and one.via not in ("form", "zero"):
            found[one.giver].add(one.fact)
    return {name: sorted(facts) for name, facts in sorted(found.items())}
