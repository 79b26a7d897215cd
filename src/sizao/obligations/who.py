"""Who must act on a row, for a story: the office, whom it answers to, and why there may be none."""

from __future__ import annotations

from datetime import datetime

from sizao.obligations.asked import Asked
from sizao.obligations.recorded import Recorded, Row
from sizao.obligations.story import Sentence
from sizao.terms.areas import ancestors
from sizao.terms.time import local_day

UNDECIDED = ("upcoming", "open", "overdue")  # asked as of now; of the others, when they were due
AT_LAST = datetime(9999, 12, 31)


def offices(one: Asked) -> list[Sentence]:
    """Who is responsible and to whom. Where nobody is: whether an office became known only afterwards."""
    row = one.row
    if row["done_by"] is None:
        office = one.office(one.done_by)
        nobody = one.say(f"没有机构承担：未找到{office}。", f"Nobody is responsible: no {office} was found.")
        later = _known_later(one)
        if later is not None:
            return [Sentence(nobody), Sentence(_not_yet(one, later), (later.cite,))]
        return [Sentence(nobody + _to_be_named(one))]
    return [Sentence(_responsible(one) + ("" if row["owned"] else _to_be_named(one)))]


def _responsible(one: Asked) -> str:
    row, office = one.row, one.office(one.done_by)
    who = one.teller.called(row["done_by"])
    said = one.say(f"由{who}（{office}）负责", f"{who} ({office}) is responsible")
    if row["answers_to"]:
        whom = one.say("、", ", ").join(map(one.teller.called, row["answers_to"].split(",")))
        said += one.say(f"，向{whom}负责", f" and answers to {whom}")
    return said + one.say("。", ".")


def _to_be_named(one: Asked) -> str:
    area = one.teller.area(one.row["area"])
    return one.say(
        f"{area}没有这一级的机构，须指定。", f" {area} has no office of that level; one must be named."
    )


def _known_later(one: Asked) -> Row | None:
    """The office that would have been found had it been known by the instant asked about."""
    row, task = one.row, one.done_by.task
    if task is None or row["area"] is None:
        return None
    day = local_day(one.as_of if row["status"] in UNDECIDED else row["due_at"], one.policy.zone)
    above = ancestors(row["area"])
    found = [
        office
        for office in Recorded(one.recorded.facts, known_by=AT_LAST).where("offices", "covers", above)
        if office.values["task"] == task
        and office.first_known_at > one.recorded.known_by
        and office.values["from_on"] <= day
        and (office.values["until_on"] is None or day < office.values["until_on"])
    ]
    nearest = sorted(found, key=lambda row: (above.index(row.values["covers"]), row.values["office"]))
    return nearest[0] if nearest else None


def _not_yet(one: Asked, office: Row) -> str:
    name, area = office.values["office"], one.teller.area(office.values["covers"])
    known, asked = one.at(office.first_known_at), one.at(one.recorded.known_by)
    return one.say(
        f"已登记有{name}（{area}），但{known}才知悉；本次所问为截至{asked}所知。"
        "收入时未写known_at的表，以收入之时为知悉时间。",
        f"An office is on record, {name} for {area}, but was not known by {asked}: it became known only "
        f"{known}. A sheet without known_at becomes known when it is taken in.",
    )
