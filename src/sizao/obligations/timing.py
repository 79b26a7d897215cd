"""When: from when to when, how that was counted, where it stands now, and what happens if nothing is done."""

from __future__ import annotations

from datetime import datetime, timedelta

from sizao.obligations.asked import Asked, occurrence_of
from sizao.obligations.proofs import end_at, reading_row
from sizao.obligations.story import Sentence
from sizao.policy.expressions.tree import Node
from sizao.policy.model import Calendar, Days, Deadline, Every, Plan, Rolling, Span
from sizao.terms.time import add_months, local_day
from sizao.terms.wording import say_days, say_duration, say_months


def period(asked: Asked) -> list[Sentence]:
    """From when to when it must be done, as one sentence or two."""
    row = asked.row
    opens, due, closes = row["opens_at"], row["due_at"], row["closes_at"]
    if asked.verb.span:
        until = asked.say(f"至{_until(asked, closes)}", f"until {_until(asked, closes)}")
        begins = asked.say(f"自{asked.at(opens)}起，{until}", f"From {asked.at(opens)} {until}")
        if due > opens:
            begins += asked.say(f"；须在{asked.limit(due)}落实到位", f"; in place {asked.limit(due)}")
        return [Sentence(begins + asked.say("。", "."))]
    said = asked.say(
        f"自{asked.at(opens)}起，须在{asked.limit(due)}完成。",
        f"From {asked.at(opens)}, it must be done {asked.limit(due)}.",
    )
    if closes is None:
        return [Sentence(said)]
    if closes <= due:
        closed = asked.say("过后再做不算。", "Done later it does not count.")
    else:
        closed = asked.say(
            f"{asked.limit(closes)}补做算迟完成，过后再做不算。",
            f"Done {asked.limit(closes)} it counts as late, after that not at all.",
        )
    return [Sentence(said + asked.say("", " ") + closed)]


def _until(asked: Asked, instant: datetime) -> str:
    """The end of a span: the end of a day, or an instant."""
    day = asked.limit(instant)
    return (
        day.removesuffix("前")
        if asked.teller.language == "zh"
        else day.removeprefix("by ").removeprefix("before ")
    )


def counted(asked: Asked) -> list[Sentence]:
    """How the text counts: day numbers with their dates, limits with what they run from."""
    if asked.escalation is not None:
        after = say_duration(asked.escalation.after, asked.teller.language)
        return [
            Sentence(
                asked.say(
                    f"“{asked.words(asked.step.verb.label)}”逾期{after}仍未完成，因此升级。",
                    f"It exists because “{asked.words(asked.step.verb.label)}” was still not done "
                    f"{after} after it was due.",
                )
            )
        ]
    said = _form(asked)
    if asked.step.after is not None:
        event = (
            asked.say("结束", "ended") if asked.step.after.event == "end" else asked.say("完成", "was met")
        )
        if asked.began is not None:
            since = asked.at(asked.began)
            said += asked.say(
                f"本阶段自“{asked.step.after.step}”{event}时（{since}）开始。",
                f" This stage began when “{asked.step.after.step}” {event} ({since}).",
            )
    if occurrence_of(asked.row) == "late":
        said = asked.say(
            "按期应做的时间在知悉时已过，故自知悉时起立即补做。",
            "Its time had passed when the fact became known, so it is to be done at once.",
        )
    return [Sentence(said.strip())] if said else []


def _form(asked: Asked) -> str:
    timing, language = asked.step.timing, asked.teller.language
    match timing:
        case Span(numbering=Days() as numbering) if timing.days is not None or timing.months is not None:
            return _length(asked, numbering, timing.days, timing.months)
        case Span(until=until) if until is not None:
            return asked.say(f"止于{asked.aloud(until)}。", f"It ends at {asked.aloud(until)}.")
        case Plan(numbering=numbering):
            return _planned_day(asked, numbering)
        case Deadline(by=by) if by is not None:
            return asked.say(f"须在{asked.aloud(by)}之前。", f"The limit is {asked.aloud(by)}, exclusive.")
        case Deadline(start=start, within=timedelta() as within):
            since = (
                asked.say("主管机构知悉之时", "when the responsible authority knew")
                if start is None
                else asked.aloud(start)
            )
            limit, begins = say_duration(within, language), asked.at(asked.row["opens_at"])
            return asked.say(
                f"限{limit}内完成，自{since}（{begins}）起算。",
                f"The limit is {limit}, counted from {since} ({begins}).",
            )
        case Calendar(every=every, at=at):
            unit = {
                Every.DAY: asked.say("每日", "every day"),
                Every.WEEK: asked.say("每周", "every week"),
                Every.MONTH: asked.say("每月", "every month"),
            }[every]
            clock = "24:00" if at is None else f"{at:%H:%M}"
            this = occurrence_of(asked.row)
            if every is Every.DAY:
                return asked.say(
                    f"{unit}{clock}前一次；本次为{this}。", f"Once {unit}, before {clock}; this is {this}."
                )
            return asked.say(
                f"{unit}一次，当期最后一个工作日{clock}前；本次为{this}。",
                f"Once {unit}, before {clock} of the last working day of it; this is {this}.",
            )
        case Rolling(every_days=days):
            return _rolling(asked, days)
    return ""


def _filled(asked: Asked, node: Node) -> str:
    """An expression in words, with the days it was asked for."""
    return asked.aloud(node if asked.values is None else asked.values.filled(node))


def _length(asked: Asked, numbering: Days, days: int | None, months: int | None) -> str:
    zero = None if asked.values is None else asked.values.day(numbering.day_zero)
    if zero is None:
        return ""
    first = zero + timedelta(days=numbering.shift + numbering.first_day)
    named = _filled(asked, numbering.day_zero)
    if months is not None:
        last = add_months(first, months) - timedelta(days=1)
        length = say_months(months, asked.teller.language)
    else:
        last = first + timedelta(days=(days or 0) - 1)
        length = say_days(days or 0, asked.teller.language)
    number = numbering.first_day
    from_zero = asked.say(
        f"第{number}天为{asked.on(first)}，"
        f"最后一天为{asked.on(last)}（以{named}为第{-numbering.shift}天，即{asked.on(zero)}）。",
        f"day {number} is {asked.on(first)}, the last day is {asked.on(last)} "
        f"(day {-numbering.shift} is {asked.on(zero)}: {named}).",
    )
    return asked.say(f"共{length}：", f"{length}: ") + from_zero


def _planned_day(asked: Asked, numbering: Days) -> str:
    zero = None if asked.values is None else asked.values.day(numbering.day_zero)
    occurrence = occurrence_of(asked.row)
    if zero is None or not occurrence.startswith("d") or not occurrence[1:].isdigit():
        return ""
    named = _filled(asked, numbering.day_zero)
    day = zero + timedelta(days=numbering.shift + int(occurrence[1:]))
    return asked.say(
        f"计划第{occurrence[1:]}天，即{asked.on(day)}；"
        f"以{named}（{asked.on(zero)}）为第{-numbering.shift}天。",
        f"It is day {occurrence[1:]} of the plan, {asked.on(day)}; "
        f"day {-numbering.shift} is {asked.on(zero)} ({named}).",
    )


def _rolling(asked: Asked, days: int) -> str:
    every = asked.say(f"每{days}天一次", f"At least once every {say_days(days, 'en')}")
    anchor = asked.row["anchor"]
    if anchor is None:
        return every + asked.say("；这是第一次。", "; this is the first time.")
    proof = reading_row(asked, anchor)
    said = anchor if proof is None else asked.teller.fact(proof)
    return every + asked.say(f"，自上一次起算：{said}。", f", counted from the time before: {said}.")


def standing_now(asked: Asked) -> list[Sentence]:
    """Where it stands at the moment asked."""
    said = _span_now(asked) if asked.verb.span else _point_now(asked)
    sentences = [Sentence(said)]
    if asked.row["reported_late"]:
        sentences.append(
            Sentence(
                asked.say(
                    "按时完成，但证明在期限之后才为主管机构所知。",
                    "It was done, but the proof became known only after the limit.",
                ),
                level=1,
            )
        )
    return sentences


def _point_now(asked: Asked) -> str:
    row, now = asked.row, asked.as_of
    due, closes, met = row["due_at"], row["closes_at"], row["met_at"]
    match row["status"]:
        case "upcoming":
            return asked.say(
                f"尚未到期：{asked.at(row['opens_at'])}起可做。",
                f"Not yet due: it opens {asked.at(row['opens_at'])}.",
            )
        case "open":
            return asked.say(
                f"待办：距期限还有{asked.lasting(now, due)}。", f"Open: {asked.lasting(now, due)} are left."
            )
        case "overdue":
            left = asked.say("仍须补做", "it must still be done")
            if closes is not None:
                left = asked.say(
                    f"仍可补做，还有{asked.lasting(now, closes)}",
                    f"it can still be done for {asked.lasting(now, closes)}",
                )
            for_zh, for_en = _overdue_for(asked, due)
            return asked.say(f"{for_zh}，{left}。", f"{for_en}; {left}.")
        case "missed":
            return asked.say(
                f"漏做：{asked.limit(closes)}没有证明，已不能补做。",
                f"Missed: no proof {asked.limit(closes)}; it can no longer be done.",
            )
        case "met":
            return asked.say(
                f"已完成：{asked.at(met)}，在期限之前。", f"Done {asked.at(met)}, within the limit."
            )
        case "met_late" if met == due:
            return asked.say(
                f"已补做：{asked.at(met)}，正好到限，已算迟。",
                f"Done {asked.at(met)}, at the very limit, which is late.",
            )
        case "met_late":
            late = asked.lasting(due, met)
            return asked.say(f"已补做：{asked.at(met)}，晚{late}。", f"Done {asked.at(met)}, late by {late}.")
    return asked.say("已豁免，见下。", "Waived, see below.")


def _overdue_for(asked: Asked, due: datetime) -> tuple[str, str]:
    """How long the limit has been over, in both languages; at the limit itself no time has passed yet."""
    if due == asked.as_of:
        return "期限已到，从现在起算逾期", "Overdue from this moment on"
    lasting = asked.lasting(due, asked.as_of)
    return f"已逾期{lasting}", f"Overdue for {lasting}"


def _span_now(asked: Asked) -> str:
    row, now = asked.row, asked.as_of
    opens, due, closes, met = row["opens_at"], row["due_at"], row["closes_at"], row["met_at"]
    if row["status"] == "waived":
        return asked.say("已豁免，见下。", "Waived, see below.")
    if now < opens:
        return asked.say(f"尚未开始：{asked.at(opens)}开始。", f"Not yet begun: it begins {asked.at(opens)}.")
    if now >= closes:
        return _span_over(asked)
    left = asked.say(f"距结束还有{asked.lasting(now, closes)}", f"{asked.lasting(now, closes)} are left")
    if row["in_place"]:
        since = "" if met is None else asked.say(f"自{asked.at(met)}起", f" since {asked.at(met)}")
        late = asked.say("（迟于期限）", " (later than the limit)") if row["status"] == "met_late" else ""
        return asked.say(f"{since}在位{late}，{left}。", f"In place{since}{late}; {left}.")
    if row["covered_until"] is not None:
        gone = asked.at(row["covered_until"])
        return asked.say(
            f"不在位：{gone}之后没有在位记录，{left}。",
            f"Not in place: nothing is recorded after {gone}; {left}.",
        )
    if now < due:
        return asked.say(
            f"尚未到位，须在{asked.limit(due)}到位。", f"Not yet in place; it must be {asked.limit(due)}."
        )
    for_zh, for_en = _overdue_for(asked, due)
    return asked.say(f"未到位，{for_zh}，{left}。", f"Not in place, {for_en[0].lower()}{for_en[1:]}; {left}.")


def _span_over(asked: Asked) -> str:
    row = asked.row
    ended = asked.at(row["closes_at"])
    if row["met_at"] is None:
        return asked.say(f"已于{ended}结束，从未到位。", f"It ended {ended} and was never in place.")
    if row["status"] == "missed":
        gaps = row["gaps"] or 0
        return asked.say(
            f"已于{ended}结束，其间{gaps}次离开超过允许时间。",
            f"It ended {ended}; "
            + ("there was 1 gap" if gaps == 1 else f"there were {gaps} gaps")
            + " longer than allowed.",
        )
    return asked.say(f"已于{ended}按要求结束。", f"It ended {ended} as it should.")


def if_nothing_is_done(asked: Asked) -> list[Sentence]:
    """What happens by itself from now on, in the order of time; empty when nothing does."""
    row = asked.row
    if row["status"] in ("met", "met_late") and not (asked.verb.span and row["in_place"]):
        return []
    if row["status"] == "missed":
        return [
            Sentence(
                asked.say(
                    "本项不再变化，按漏做统计。",
                    "This row does not change any more; it is counted as missed.",
                )
            )
        ]
    coming = [(at, said) for at, said in _coming(asked) if at > asked.as_of]
    sentences = [Sentence(said) for _, said in sorted(coming)]
    if row["status"] == "overdue" and row["closes_at"] is None:
        sentences.append(
            Sentence(
                asked.say(
                    "没有截止期：完成之前一直算逾期，不会自行消失。",
                    "There is no closing: it stays overdue until it is done and never goes away by itself.",
                )
            )
        )
    return sentences


def _coming(asked: Asked) -> list[tuple[datetime, str]]:
    row = asked.row
    due, closes = row["due_at"], row["closes_at"]
    coming = [
        (
            row["opens_at"],
            asked.say(f"{asked.at(row['opens_at'])}开始。", f"{asked.at(row['opens_at'])}: it opens."),
        )
    ]
    if not (asked.verb.span and row["in_place"]) and due != closes:
        coming.append((due, asked.say(f"{asked.at(due)}起算逾期。", f"{asked.at(due)}: it is overdue.")))
    escalation = None if asked.escalation is not None else asked.step.escalation
    if escalation is not None and not row["in_place"]:
        at, ends = due + escalation.after, end_at(asked)
        verb, office = asked.words(escalation.verb.label), asked.office(escalation.done_by)
        said = asked.say(
            f"{asked.at(at)}升级：由{office}“{verb}”。",
            f"{asked.at(at)}: it escalates: {office} must see to “{verb}”.",
        )
        coming += [(at, said)] if ends is None or at < ends else []
    if closes is not None:
        coming.append((closes, _at_closing(asked, closes)))
    return coming


def _at_closing(asked: Asked, closes: datetime) -> str:
    if not asked.verb.span:
        return asked.say(
            f"{asked.at(closes)}计为漏做，不能再补。",
            f"{asked.at(closes)}: it counts as missed and can no longer be done.",
        )
    said = asked.say(f"{asked.at(closes)}自行结束。", f"{asked.at(closes)}: it ends by itself.")
    if asked.row["met_at"] is None:
        said += asked.say(
            "如到时仍未到位，计为漏做。", " If it was never in place by then, it counts as missed."
        )
    if asked.row["restricts"]:
        said += asked.say(
            "此人的各项限制都结束后，方可解除。",
            " Release needs every restriction on this person to have ended.",
        )
    return said


def day_of(asked: Asked, instant: datetime) -> str:
    """The local day of an instant in words."""
    return asked.on(local_day(instant, asked.policy.zone))
