"""The form of a visit: what it asks of each person, and what was typed into it.

Each field is named by what it asks and the person's number, so that answers kept on a phone fit the form
whatever else has changed on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.http import QueryDict

from sizao.terms.time import local_day
from sizao.terms.words import Words
from sizao_web.pages.demands import degrees_of
from sizao_web.records.actions.record_visit import DEPENDING, FINDINGS, Answer, Entry, Visit
from sizao_web.records.reading.proofs import way_from
from sizao_web.settings.clock import bare

COLDEST, HOTTEST = 34.0, 43.0
OLDEST = timedelta(days=7)
FAST = timedelta(minutes=10)  # a clock that runs ahead by so much is let pass
LONGEST_TUBE = 40


class NoVisit(Exception):
    """What was sent is no form of a visit; words say what to do."""

    def __init__(self, words: Words) -> None:
        self.words = words
        super().__init__(words.en)


@dataclass(frozen=True)
class Typed:
    """The form as it came back: the visit that can be recorded, and who was refused before recording."""

    visit: Visit
    door: str
    refused: tuple[Entry, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)  # every field as typed


def new_form() -> str:
    """The number of a new form."""
    return str(uuid4())


def read_visit(form: QueryDict, moment: datetime, zone: str) -> Typed:
    """The visit that was typed. NoVisit when the form is broken; a wrong answer refuses that person."""
    at = _moment(form.get("at", ""), moment)
    people = list(dict.fromkeys(form.getlist("person")))
    asked = [person for person in people if _answered(form, person)]
    tubes = Counter(tube for person in asked if (tube := _tube(form, person)))
    answers, refused = [], []
    for person in asked:
        why = _wrong(form, person)
        if why is None:
            answers.append(_answer(form, person))
        else:
            refused.append(Entry(person, "refused", why))
    visit = Visit(
        form=_form_number(form.get("visit", "")),
        at=at,
        on=local_day(bare(at), zone),
        household=form.get("household") or None,
        office=form.get("office") or None,
        answers=tuple(answers),
        shared_tubes=frozenset(tube for tube, people in tubes.items() if people > 1),
    )
    return Typed(visit, form.get("door", ""), tuple(refused), dict(form.items()))


def _answered(form: QueryDict, person: str) -> bool:
    """Whether anything was said of the person."""
    said = (form.get(f"{name}:{person}", "").strip() for name in ("answer", "temperature", "tube", "nobody"))
    return any(said) or bool(_dependants(form, person))


def _form_number(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise NoVisit(
            Words("表单不完整，请重新打开该户再填。", "The form is incomplete. Open the household again.")
        ) from None


def _moment(text: str, moment: datetime) -> datetime:
    """When the visit was; a phone whose clock is wrong is told so."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise NoVisit(
            Words(
                "上门时刻看不懂，请重新打开该户再填。",
                "The moment of the visit cannot be read. Open the household again.",
            )
        )
    if at > moment + FAST:
        raise NoVisit(
            Words(
                "上门时刻在将来。请核对手机时钟后再试。",
                "The visit lies in the future. Set the clock of the phone and try again.",
            )
        )
    if at < moment - OLDEST:
        raise NoVisit(
            Words(
                "上门已过 7 天。请用“录入”补录。",
                "The visit is more than 7 days old. Record it by the entry forms.",
            )
        )
    return at


def _wrong(form: QueryDict, person: str) -> Words | None:
    typed, answer = form.get(f"temperature:{person}", "").strip(), form.get(f"answer:{person}", "")
    if answer and answer not in FINDINGS:
        return Words("没有这个选项。", "There is no such answer.")
    if typed and not answer:
        return Words("写了体温，请再选身体状况。", "A temperature is given: choose also how the person is.")
    if typed:
        degrees = degrees_of(typed)
        if degrees is None or not COLDEST <= degrees <= HOTTEST:
            return Words(
                f"体温“{typed}”应在 34 到 43 ℃ 之间。",
                f"A temperature lies between 34 and 43 °C, not at “{typed}”.",
            )
    depending = _dependants(form, person)
    if any(kind not in DEPENDING for _, kind in depending):
        return Words("没有这个选项。", "There is no such answer.")
    if depending and form.get(f"nobody:{person}") == "yes":
        return Words(
            "既选了需照料的人，又勾了“无人需照料”。请留一个。",
            "Somebody depends on this person, and nobody does: keep one of the two.",
        )
    if len(form.get(f"tube:{person}", "").strip()) > LONGEST_TUBE:
        return Words("试管号太长。", "The number of the tube is too long.")
    return None


def _answer(form: QueryDict, person: str) -> Answer:
    ways = (way_from(text) for text in form.getlist(f"way:{person}"))
    return Answer(
        person=person,
        found=form.get(f"answer:{person}", ""),
        ways=tuple(way for way in ways if way is not None),
        temperature=degrees_of(form.get(f"temperature:{person}", "").strip()),
        tube=_tube(form, person),
        nobody_depends=form.get(f"nobody:{person}") == "yes",
        dependants=_dependants(form, person),
    )


def _dependants(form: QueryDict, person: str) -> tuple[tuple[str, str], ...]:
    """(who depends on the person, why), as it was chosen."""
    begins = f"depends:{person}:"
    chosen = ((name.removeprefix(begins), form.get(name, "")) for name in form if name.startswith(begins))
    return tuple((dependant, kind) for dependant, kind in chosen if kind)


def _tube(form: QueryDict, person: str) -> str | None:
    return form.get(f"tube:{person}", "").strip() or None
