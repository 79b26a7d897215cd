"""Record one tube with the people in it, and refuse what would prove nothing or count twice.

Every fact of a tube has the number of its form in its source record: the form sent again is the same facts.
What is certainly wrong is refused; what may be right (somebody of whom nothing is due) is asked about once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from sizao.terms.words import Words
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading import choices, tubes
from sizao_web.records.reading.visits import recorded_in
from sizao_web.records.tube_numbers import expected, has_form
from sizao_web.records.writing import Given, NotAllowed, Refused, write

NOT_ALLOWED = Words("您的职责不能记录这一管。", "Your duty may not record this tube.")


@dataclass(frozen=True)
class Filled:
    """A tube as its page sends it. form: the UUID of the page; on: the civil day; anyway: asked and meant."""

    form: str
    sample: str
    at: datetime
    on: date
    people: tuple[str, ...]
    place: str | None = None
    laboratory: str | None = None
    anyway: bool = False


@dataclass(frozen=True)
class Answer:
    """What became of it: stored, merged (it was there already) or refused, and then why.

    doubtful: everything that speaks against it can be meant, so that it may be sent again with `anyway`.
    """

    outcome: str
    why: tuple[Words, ...] = ()
    doubtful: bool = False


def fill_tube(scope: Scope, moment: datetime, tube: Filled, *, request: str | None = None) -> Answer:
    """Record the sample and one row for each person in it: all of it or nothing."""
    if not recorded_in(scope, tube.form, tube.people):
        wrong = list(_wrong(scope, moment, tube))
        doubts = [] if tube.anyway else list(_doubts(scope, moment, tube))
        if wrong or doubts:
            return Answer("refused", (*wrong, *doubts), doubtful=not wrong)
    try:
        outcome = write(scope, moment, list(_facts(scope, moment, tube)), request=request)
    except Refused as refused:
        return Answer("refused", tuple(words for _, words in refused.problems))
    except NotAllowed:
        return Answer("refused", (NOT_ALLOWED,))
    return Answer("stored" if outcome.stored else "merged")


def _wrong(scope: Scope, moment: datetime, tube: Filled) -> Iterator[Words]:
    """What would prove nothing, or counts already."""
    if not tube.sample:
        yield Words("请扫描或填写试管号。", "Scan or type the number of the tube.")
    elif not has_form(tube.sample):
        like = expected(settings.SIZAO.tubes)
        yield Words(
            f"“{tube.sample}”：{like.zh}。请核对管上的号再填。",
            f"“{tube.sample}”: {like.en}. Compare it with the tube and type it again.",
        )
    if not tube.people:
        yield Words("请选择管中的人。", "Choose who is in the tube.")
    most = tubes.fullest(tube.on)
    if len(tube.people) > most:
        yield Words(
            f"管已满：一管最多 {most} 人，现在选了 {len(tube.people)} 人。",
            f"The tube is full: it holds {most} at most, and {len(tube.people)} are chosen.",
        )
    found = tubes.of_number(scope, moment, tube.sample) if tube.sample else None
    if found is not None:
        people = "、".join(found.people)
        yield Words(
            f"试管 {tube.sample} 已用过（{people}）。请换一支新管；填错的可先撤回。",
            f"Tube {tube.sample} was used already ({', '.join(found.people)}). Take a new one.",
        )
    for person, largest in _smallest(scope, tube.people):
        if len(tube.people) > largest:
            how = Words("必须单采", "must be alone in the tube")
            if largest > 1:
                how = Words(f"所在管最多 {largest} 人", f"may share a tube of {largest} at most")
            yield Words(
                f"{person} {how.zh}，否则证明不了到期的检测。",
                f"{person} {how.en}: else it does not prove what is due.",
            )


def _doubts(scope: Scope, moment: datetime, tube: Filled) -> Iterator[Words]:
    """What may be meant: nothing is due, or a result is awaited already."""
    known = choices.on_record(scope, "person", tube.people, moment)
    waiting = tubes.of_people(scope, moment, tube.people)
    rows: dict[str, list[tubes.Row]] = {}
    for row in tubes.due(scope):
        rows.setdefault(row["about"], []).append(row)
    for person in tube.people:
        awaited = next((one for one in waiting.get(person, ()) if one.result is None), None)
        if person not in known:
            yield Words(
                f"{person}：这里没有此人的记录。", f"{person}: nobody of that number is on record here."
            )
        elif awaited is not None:
            yield Words(
                f"{person} 已采样（试管 {awaited.sample}），在等结果。",
                f"{person} was sampled already (tube {awaited.sample}); the result is awaited.",
            )
        elif person not in rows:
            yield Words(f"{person} 现在没有到期的采样。", f"No sample is due of {person} now.")


def _smallest(scope: Scope, people: Sequence[str]) -> list[tuple[str, int]]:
    """Of each person with something due, how many may be in the tube that proves all of it."""
    found: dict[str, int] = {}
    for row in tubes.due(scope):
        if row["about"] in people and row["largest"] is not None:
            found[row["about"]] = min(row["largest"], found.get(row["about"], row["largest"]))
    return list(found.items())


def kind_of(scope: Scope, moment: datetime, people: Sequence[str], on: date) -> str:
    """What the tube is, by who is in it: nobody is asked."""
    if len(people) == 1:
        return "single"
    homes = tubes.households_on(scope, moment, people, on)
    together = len(homes) == len(people) and len(set(homes.values())) == 1
    return "household" if together else "pool"


def _facts(scope: Scope, moment: datetime, tube: Filled) -> Iterator[Given]:
    kind = kind_of(scope, moment, tube.people, tube.on)
    sample = {"sample": tube.sample, "taken_at": tube.at, "kind": kind, "place": tube.place}
    yield Given("samples", {**sample, "laboratory": tube.laboratory}, f"{tube.form}/samples/{tube.sample}/")
    for person in tube.people:
        member = {"sample": tube.sample, "person": person, "happened_at": tube.at}
        yield Given("sample_members", member, f"{tube.form}/sample_members/{person}/{tube.sample}")
