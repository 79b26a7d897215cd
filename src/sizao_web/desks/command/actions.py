"""What must be done before noon: in which order, for whom, and what happens if it is not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sizao.policy.aloud import say_office
from sizao.terms.wording import say_duration
from sizao_web.desks.command.links import Links
from sizao_web.pages.addresses import address
from sizao_web.pages.language import language, said, say
from sizao_web.pages.presenters import limit
from sizao_web.pages.telling import Telling
from sizao_web.records.reading.overview import Duty, Overview
from sizao_web.records.reading.pack import pack_in_use, verb_label

SHOWN_OFFICES = 2


@dataclass(frozen=True)
class Figure:
    """A number, what it counts, and the list of exactly these rows."""

    value: int
    label: str
    address: str


@dataclass(frozen=True)
class Action:
    """One line: what, how many, for whom, and what happens otherwise. tone: class of its mark."""

    what: str
    figures: tuple[Figure, ...]
    whom: tuple[Figure, ...]
    more: int  # further offices
    otherwise: tuple[str, ...]
    tone: str


def actions(
    found: Overview,
    links: Links,
    telling: Telling,
    office: str | None,
    *,
    proposals: int = 0,
    short: tuple[str, ...] = (),
) -> list[Action]:
    """In order: decisions that wait, what runs short, one's own work, what nobody does, verb by verb, what is
    not known. short: what will be missing, in words, the first to run out first."""
    return [
        *_decisions(proposals),
        *_short(short),
        *_own(found, links, office),
        *_unowned(found, links),
        *(_of_verb(duty, found, links, telling) for duty in found.duties),
        *_unknown(found, links),
    ]


def _decisions(proposals: int) -> Iterator[Action]:
    if proposals and (to := address("policy:proposals")):
        yield Action(
            say("决定报批的事项", "Decide what was proposed"),
            (Figure(proposals, say("件等待决定", "waiting"), f"{to}#waiting-rows"),),
            (),
            0,
            (
                say(
                    "不决定，规则和风险等级照旧；到了生效时刻也不会生效。",
                    "Rules and grades stay as they are, also when the moment of effect has come.",
                ),
            ),
            "own",
        )


def _short(short: tuple[str, ...]) -> Iterator[Action]:
    if short and (to := address("capacity:today")):
        yield Action(
            say("补上将不足的", "Fill up what runs short"),
            (Figure(len(short), say("项将不足", "will be short"), f"{to}#short"),),
            (),
            0,
            (
                say(f"先缺：{short[0]}。", f"First: {short[0]}."),
                say(
                    "不补，要来的人没有地方、没有人手。",
                    "Else who is coming finds no place and nobody.",
                ),
            ),
            "open",
        )


def _own(found: Overview, links: Links, office: str | None) -> Iterator[Action]:
    if found.own and office:
        yield Action(
            say("本机构自己要办的", "Your own office's work"),
            (Figure(found.own, say("项", "to do"), links.own(office)),),
            (),
            0,
            (
                say(
                    "别人代替不了：逾期记在本机构名下。",
                    "Nobody does it for you; overdue, it stands in your name.",
                ),
            ),
            "own",
        )


def _unowned(found: Overview, links: Links) -> Iterator[Action]:
    if count := found.counts["unowned"]:
        yield Action(
            say("指定承担机构", "Name an office for what nobody owns"),
            (Figure(count, say("项无人承担", "unowned"), links.obligations("unowned")),),
            (),
            0,
            (
                say(
                    "本级没有机构承担，由上级代管；不指定，就没有人上门去办。",
                    "No office of that level has it; until one is named, nobody goes and does it.",
                ),
            ),
            "unowned",
        )


def _unknown(found: Overview, links: Links) -> Iterator[Action]:
    if found.unknown:
        yield Action(
            say("查清不明情况", "Find out what is not known"),
            (Figure(found.unknown, say("项不明", "not known"), links.unknown()),),
            (),
            0,
            (
                say(
                    "缺一项情况，规则判断不了：该管的人可能没有管。",
                    "Something is missing and the rule cannot tell: somebody may go unattended.",
                ),
            ),
            "unknown",
        )


def _of_verb(duty: Duty, found: Overview, links: Links, telling: Telling) -> Action:
    figures = [
        Figure(duty.rows, say("项", "to do"), links.obligations("before_limit", verb=duty.verb)),
    ]
    if duty.overdue:
        late = links.obligations("before_limit", verb=duty.verb, status="overdue")
        figures.append(Figure(duty.overdue, say("项已逾期", "overdue"), late))
    whom = tuple(
        Figure(
            count,
            telling.office(office) or say("未找到机构", "no office found"),
            links.obligations("before_limit", verb=duty.verb, office=office or "-"),
        )
        for office, count in duty.offices[:SHOWN_OFFICES]
    )
    return Action(
        said(verb_label(duty.verb)),
        tuple(figures),
        whom,
        max(0, len(duty.offices) - SHOWN_OFFICES),
        tuple(_otherwise(duty, found, telling)),
        "overdue" if duty.overdue else "open",
    )


def _otherwise(duty: Duty, found: Overview, telling: Telling) -> Iterator[str]:
    if duty.not_in_place:
        yield say(
            "这些人不在规定的地方，可能再传给别人。",
            "They are not where they must be, and may infect others.",
        )
    if passed := escalation(duty.verb, found.clock.today):
        yield passed
    if not duty.overdue:
        first = _limit(duty.earliest_due, telling)
        yield say(
            f"最早一项{first}到期，过时即为逾期。",
            f"The first is due {first}; after that it is overdue.",
        )
    elif duty.first_close is None:
        yield say("办成前一直列为逾期。", "They stay overdue until done.")
    if duty.first_close is not None:
        first = _limit(duty.first_close, telling)
        yield say(
            f"最早一项须{first}补做，过后记为漏做，不能再办。",
            f"The first can be made good only {first}; then it counts as missed for good.",
        )


def _limit(instant: datetime | None, telling: Telling) -> str:
    return "" if instant is None else said(limit(instant, telling.moment, telling.zone))


def escalation(verb: str, day: date) -> str:
    """Who must step in when this verb is overdue, as the rules in force on the day say; "" when nobody."""
    pack = pack_in_use()
    for rule in pack.policy.rules:
        version = pack.version_on(rule, day)
        for step in version.steps if version else ():
            if step.verb.name == verb and step.escalation is not None:
                after = say_duration(step.escalation.after, language())
                who, what = say_office(step.escalation.done_by, language()), said(step.escalation.verb.label)
                return say(f"逾期{after}后，由{who}“{what}”。", f"Overdue by {after}, {who} must: {what}.")
    return ""
