"""Doors of files: sheets of restrictions, saved mappings, rejected rows tried again, and taking back."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter

from shell.doors.hand import FREE, Hand, sql
from shell.doors.machines import NO_FACTS, ORDER, _may_be_moved_by_files, exposed
from sizao_web.accounts.roles import DECIDED
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions import deliver
from sizao_web.records.actions.retry_delivery import retry_delivery, try_again
from sizao_web.records.actions.save_mapping import save_mapping
from sizao_web.records.actions.undo_delivery import retract_rows, undo_delivery
from sizao_web.records.deliveries import storing
from sizao_web.records.models import FACT_MODELS, Delivery
from sizao_web.records.writing import NotAllowed

INTO = "mapping: red\nzone: Asia/Shanghai\nsource_system: {source}\nfacts:\n  - fact: {fact}\n"
WAIVER = (
    "    key: {column: person}\n    columns:\n      about: person\n"
    "      rule: {constant: contact-quarantine}\n"
    "      ground: person\n      from_at: {constant: '2020-11-01 00:00'}\n"
    "      until_at: {constant: '2020-12-01 00:00'}\n      decided_by: {constant: one}\n"
    "      decided_office: {constant: office/1}\n      approved_by: {constant: two}\n"
    "      approved_office: {constant: office/2}\n"
)
"""A decision of two, made from a list of names."""


def csv_of(*rows: dict[str, Any]) -> bytes:
    """Rows as a sheet."""
    text = [",".join(rows[0]), *(",".join(str(value) for value in row.values()) for row in rows)]
    return "\n".join(text).encode()


def xlsx_of(*rows: dict[str, Any]) -> bytes:
    """Rows as a workbook."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as book:
        page = book.add_worksheet()
        for place, row in enumerate((dict(zip(rows[0], rows[0], strict=True)), *rows)):
            page.write_row(place, 0, [str(value) for value in row.values()])
    return held.getvalue()


def delivered(hand: Hand, scope: Scope, name: str, content: bytes, **said: Any) -> Delivery:
    """A file, and what became of it."""
    with storing.as_sender(scope):
        received = deliver.receive(scope, hand.moment, name=name, content=content, **said)
    return deliver.take_in(received.id, hand.moment)


# -- doors -----------------------------------------------------------------------------------------


def sheets_of_restrictions(hand: Hand) -> None:
    """An order by file is a fact like an order typed in, and binds as little; nothing else is even kept."""
    with hand.under("cdc") as scope:
        sql("RESET ROLE")
        for name, made in (("red.csv", csv_of), ("red.xlsx", xlsx_of)):
            done = delivered(hand, scope, name, made({**ORDER, "source_record": name}), fact="orders")
            assert (done.state, done.stored) == ("stored", 1), (done.problems, name)
    for role in ("cdc", "command", "health_commission", "policy_officer"):
        with hand.under(role) as scope:
            for fact in (*NO_FACTS, *sorted(DECIDED)):
                with pytest.raises(NotAllowed):
                    deliver.receive(scope, hand.moment, name="a.csv", content=csv_of(ORDER), fact=fact)


def mappings_into_decisions(hand: Hand) -> None:
    """A mapping says how a sheet is read. It may be saved; it gives nobody a fact that is not theirs."""
    sheet = csv_of({"person": FREE})
    for role in ("cdc", "health_commission"):
        with hand.under(role) as scope:
            for fact in ("waivers", "standing", "obligations"):
                text = INTO.format(source="tests", fact=fact) + WAIVER
                save_mapping(scope, hand.moment, name=f"red {fact}", headings=["person"], text=text)
                sql("RESET ROLE")
                done = delivered(hand, scope, f"{role}-{fact}.csv", sheet, mapping=text)
                assert (done.state, done.stored) == ("refused", 0), (role, fact)
                kind = "not_given" if fact == "waivers" else "unknown_fact"
                assert [one["kind"] for one in done.problems or ()][:1] == [kind], (role, done.problems)


def rejects_tried_again(hand: Hand) -> None:
    """Rows that were rejected are not tried again as something that the sender may not record."""
    rows = csv_of({"person": FREE, "moved_on": "no day"})
    for role, fact in (("cdc", "releases"), ("health_commission", "admissions")):
        with hand.under(role) as scope:
            sql("RESET ROLE")
            first = delivered(hand, scope, f"{role}.csv", rows, mapping=_one_column(fact))
            assert (first.state, first.rejected) == ("stored", 1), first.problems
            for other in ({"fact": "waivers"}, {"mapping": INTO.format(source="t", fact="waivers") + WAIVER}):
                with storing.as_sender(scope):
                    taken = retry_delivery(scope, hand.moment, str(first.pk), **other)
                assert taken, Delivery.objects.filter(pk=first.pk).values()
                done = try_again(str(first.pk), hand.moment)
                assert (done.state, done.stored, done.rejected) == ("stored", 0, 1), (role, other)
                assert done.problems, "it says why"
    assert not FACT_MODELS["waivers"]._default_manager.filter(source_system__startswith="sheet/").exists()


def _one_column(fact: str) -> str:
    moment = {"releases": "released_at", "admissions": "admitted_at"}[fact]
    place = ""
    if fact == "admissions":
        place = "      place: {constant: hospital}\n      admitted_for: {constant: isolation}\n"
    return (
        INTO.format(source="t", fact=fact) + "    key: {column: person}\n    columns:\n      person: person\n"
        f"      {moment}: moved_on\n{place}"
    )


def taking_back(hand: Hand) -> None:
    """Taking back retracts what one delivered oneself, and restricts nobody who was free."""
    with hand.under("cdc") as scope:
        sql("RESET ROLE")
        done = delivered(hand, scope, "back.csv", csv_of({**ORDER, "source_record": "b"}), fact="orders")
    with hand.under("cdc") as other:
        assert not undo_delivery(other, hand.moment, str(done.pk), reason="stay home")
    with storing.as_sender(scope):
        assert undo_delivery(scope, hand.moment, str(done.pk), reason="wrong list")
    assert retract_rows(str(done.pk), hand.moment) == 1


def corrections_by_file(hand: Hand) -> None:
    """A correction by file keeps whom and what its record is about: no contact and no closure is moved."""
    with hand.under("cdc") as scope:
        sql("RESET ROLE")
        true = exposed("f-1", "visitor")
        found = delivered(hand, scope, "d.csv", csv_of(true), fact="designations")
        assert found.stored == 1, found.problems
        link = {**true, "action": "replace", "source_version": 2, "reason": "typed wrong"}
        for moved in ({"person": FREE}, {"case_person": FREE}):
            done = delivered(hand, scope, "e.csv", csv_of({**link, **moved}), fact="designations")
            assert (done.stored, done.rejected) == (0, 1), (moved, done.problems)
        with storing.as_sender(scope):
            undo_delivery(scope, hand.moment, str(found.pk), reason="was never there")
        assert retract_rows(str(found.pk), hand.moment) == 1
    with hand.under("health_commission") as scope:
        sql("RESET ROLE")
        for school in ("school/1", "school/2"):
            place = {"source_record": school, "place": school, "kind": "school", "located_in": "drill"}
            done = delivered(hand, scope, "s.csv", csv_of({**place, "from_on": "2020-01-01"}), fact="places")
            assert done.stored == 1
    with hand.under("education") as scope:
        sql("RESET ROLE")
        closed = {"source_record": "c", "place": "school/1", **ORDER_DAYS, "ground": "outbreak"}
        first = delivered(hand, scope, "c.csv", csv_of(closed), fact="closures")
        assert first.stored == 1, first.problems
        link = {**closed, "place": "school/2", "action": "replace", "source_version": 2, "reason": "wrong"}
        done = delivered(hand, scope, "g.csv", csv_of(link), fact="closures")
        assert (done.stored, done.rejected) == (0, 1)


ORDER_DAYS = {name: ORDER[name] for name in ("from_on", "until_on")}
DOORS: tuple[Callable[[Hand], None], ...] = (
    sheets_of_restrictions,
    mappings_into_decisions,
    rejects_tried_again,
    taking_back,
    corrections_by_file,
)


# -- locks -----------------------------------------------------------------------------------------


def _any_fact(patch: pytest.MonkeyPatch) -> None:
    """Every duty gives every fact, by file."""
    patch.setattr(Scope, "may_give", lambda self, fact: True)


LOCKS: dict[str, tuple[Callable[[Hand], None], Callable[[pytest.MonkeyPatch], None]]] = {
    "a file is of a fact that the duty gives": (sheets_of_restrictions, _any_fact),
    "mappings too": (mappings_into_decisions, _any_fact),
    "corrections by file keep whom they are about": (corrections_by_file, _may_be_moved_by_files),
}
"""What holds -> the door that it locks, and how it is taken off."""
