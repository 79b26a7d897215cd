"""What a proposal would change, as its page shows it: words here, counts from the comparison."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sizao.obligations.compare import REASONS
from sizao.policy.model import Policy
from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.pages import presenters
from sizao_web.pages.addresses import PERSON, WHY, address
from sizao_web.pages.charts import Chart, Series, grouped_bars
from sizao_web.pages.language import said, say
from sizao_web.pages.telling import Telling
from sizao_web.records.reading.pack import policy_in_use, rule_label, verb_label
from sizao_web.records.reading.proposals import ProposalExample

KINDS: Mapping[str, Words] = {
    "added": Words("新增", "added"),
    "removed": Words("消失", "removed"),
    "changed": Words("变化", "changed"),
}
PEOPLE: Mapping[str, Words] = {
    "newly_bound": Words("新受限制", "newly restricted"),
    "stricter": Words("限制更严", "restricted more strictly"),
    "longer": Words("限制更久", "restricted longer"),
    "shorter": Words("限制更短", "restricted for less time"),
    "looser": Words("限制更宽", "restricted less strictly"),
    "released": Words("不再受限", "not restricted any more"),
}
BURDEN: Mapping[str, Words] = {
    "person_days": Words("限制人日", "person-days of restriction"),
    "tests": Words("检测", "tests"),
    "visits": Words("上门和健康监测", "visits and health checks"),
    "forms": Words("填报", "forms"),
}
PLACES = CODE_LISTS["restriction_places"]


@dataclass(frozen=True)
class Pair:
    """One figure before and after."""

    label: str
    before: Any
    after: Any

    @property
    def differs(self) -> bool:
        """Whether the proposal changes it."""
        return bool(self.before != self.after)


@dataclass(frozen=True)
class Differences:
    """Everything that the page of a proposal shows of its comparison."""

    rows: int
    people: tuple[tuple[str, int], ...]
    burden: tuple[Pair, ...]
    rules: tuple[Mapping[str, Any], ...]
    rooms: tuple[Mapping[str, Any], ...]
    loads: tuple[Mapping[str, Any], ...]
    loads_left_out: int
    per_day: tuple[Pair, ...]
    chart: Chart | None

    @property
    def too_few(self) -> tuple[Mapping[str, Any], ...]:
        """Areas in which there would not be enough rooms."""
        return tuple(one for one in self.rooms if one["too_few"])


def differences(compared: Mapping[str, Any], tells: Telling, other: Policy | None = None) -> Differences:
    """The counts of a comparison in words. other: the pack that was tried, whose rules have names too."""
    tells.meet(compared["loads"], offices=["done_by"])
    tells.meet(compared["rooms"], areas=["area"])
    per_day = _per_day(compared["per_day"])
    return Differences(
        rows=compared["rows"],
        people=tuple(
            (said(label), compared["bound"][kind])
            for kind, label in PEOPLE.items()
            if compared["bound"].get(kind)
        ),
        burden=_burden(compared["burden"]),
        rules=tuple(
            _by_rule(row, other) for row in sorted(compared["by_rule"], key=lambda row: -row["row_count"])
        ),
        rooms=_rooms(compared["rooms"], tells),
        loads=tuple({**row, "label": tells.office(row["done_by"])} for row in compared["loads"]),
        loads_left_out=compared["loads_left_out"],
        per_day=per_day,
        chart=_chart(per_day) if per_day else None,
    )


def _burden(rows: Iterable[Mapping[str, Any]]) -> tuple[Pair, ...]:
    """Person-days are those of all rules together, each day of a person once; the others are sums."""
    rows, found = list(rows), []
    for kind, label in BURDEN.items():
        of_all = kind == "person_days"
        sums = {
            side: sum(row[kind] for row in rows if row["side"] == side and (row["rule"] == "") == of_all)
            for side in ("before", "after")
        }
        found.append(Pair(said(label), round(sums["before"]), round(sums["after"])))
    return tuple(found)


def rule_called(rule: str, other: Policy | None) -> str:
    """A rule by its label here, else by that of the pack that was tried."""
    theirs = other is not None and rule in other.rules and rule not in policy_in_use().rules
    return said(other.rules[rule][-1].label if theirs and other else rule_label(rule))


def verb_called(verb: str, other: Policy | None) -> str:
    """A verb by its label here, else by that of the pack that was tried."""
    theirs = other is not None and verb in other.verbs and verb not in policy_in_use().verbs
    return said(other.verbs[verb].label if theirs and other else verb_label(verb))


def _by_rule(row: Mapping[str, Any], other: Policy | None) -> Mapping[str, Any]:
    return {
        "rule": row["rule"],
        "here": row["rule"] in policy_in_use().rules,
        "label": rule_called(row["rule"], other),
        "verb": verb_called(row["verb"], other),
        "kind": said(KINDS[row["kind"]]),
        "why": said(REASONS[row["reason"]]),
        "rows": row["row_count"],
        "abouts": row["abouts"],
    }


def _rooms(rows: Iterable[Mapping[str, Any]], tells: Telling) -> tuple[Mapping[str, Any], ...]:
    areas: dict[str, dict[str, Any]] = {}
    for row in rows:
        one = areas.setdefault(row["area"], {"label": tells.area(row["area"]), "too_few": False})
        one[row["side"]] = row["rooms_at_peak"]
        one["capacity"] = row["capacity"]
        if row["side"] == "after":
            one["too_few"] = row["too_few"]
            one["peak_at"] = presenters.aware(datetime.fromisoformat(row["peak_at"]))
    return tuple({"before": 0, "after": 0, **areas[name]} for name in sorted(areas))


def _per_day(rows: Iterable[Mapping[str, Any]]) -> tuple[Pair, ...]:
    """From the first day that differs to the last."""
    days: dict[str, dict[str, int]] = {}
    for row in rows:
        days.setdefault(row["due_on"], {})[row["side"]] = row["tests"]
    pairs = [Pair(day, days[day].get("before", 0), days[day].get("after", 0)) for day in sorted(days)]
    differing = [place for place, pair in enumerate(pairs) if pair.differs]
    return tuple(pairs[differing[0] : differing[-1] + 1]) if differing else ()


def _chart(days: Sequence[Pair]) -> Chart:
    title = say("每天到期的检测", "Tests by the day they are due")
    told = say("现行的和改后的每天到期检测数", "Tests due each day, as now and with the change")
    series = [
        Series(say("现行", "as now"), [one.before for one in days], [None] * len(days)),
        Series(say("改后", "with it"), [one.after for one in days], [None] * len(days)),
    ]
    return grouped_bars("per-day", title, told, [one.label for one in days], series)


def example(row: ProposalExample, tells: Telling, other: Policy | None = None) -> Mapping[str, Any]:
    """One row that would change, told from both sides."""
    return {
        "rule": rule_called(row.rule, other),
        "verb": verb_called(row.verb, other),
        "kind": said(KINDS[row.kind]),
        "why": said(REASONS[row.why]),
        "alike": row.alike,
        "about": row.about if row.about_kind == "person" else tells.shown(row.about),
        "link": address(PERSON, row.about) if row.about_kind == "person" and row.about else None,
        # What the proposal would add has no story yet.
        "story": address(WHY, row.obligation_id) if row.before else None,
        "before": _side(row.before, row.after, tells),
        "after": _side(row.after, row.before, tells),
    }


def _side(side: Mapping[str, Any] | None, other: Mapping[str, Any] | None, tells: Telling) -> str:
    """The status and limit of a row on one side, and whatever else differs from the other."""
    if side is None:
        return say("没有这项任务", "no such row")
    due = presenters.aware(datetime.fromisoformat(side["due_at"]))
    parts = [said(presenters.status(side["status"]).label), f"{tells.local(due):%Y-%m-%d %H:%M}"]
    if other is not None and side["place"] != other["place"] and side["place"]:
        parts.append(said(PLACES.label_of(side["place"])))
    if other is not None and side["closes_at"] != other["closes_at"] and side["closes_at"]:
        until = presenters.aware(datetime.fromisoformat(side["closes_at"]))
        parts.append(say("至 ", "until ") + f"{tells.local(until):%Y-%m-%d %H:%M}")
    if other is not None and side["done_by"] != other["done_by"] and side["done_by"]:
        parts.append(tells.office(side["done_by"]))
    return say("，", ", ").join(parts)
