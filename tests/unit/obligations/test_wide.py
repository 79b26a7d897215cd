"""The wide rows: schema, occurrence, reasons and marks."""

from __future__ import annotations

from datetime import date, datetime

from drawn_rows import Planned, decide, one
from reference.builder import Rule, policy, verb
from sizao.facts.dictionary import FACTS
from sizao.obligations.items import FACT_NUMBERS
from sizao.obligations.schema import OBLIGATIONS
from sizao.terms.identifiers import hex_key, natural_key

OPENS = datetime(2020, 6, 19, 16)
DUE = datetime(2020, 6, 20, 16)


def rule() -> Rule:
    made = Rule("arrivals", "arrivals")
    test = verb("test", "tests", "taken_at")
    step = made.step("test", test, made.rolling(7, "arrived_on"), related="dependants")
    return made.version(date(2020, 1, 1), [step])


def row(**told: object) -> Planned:
    return Planned("test", OPENS, DUE, **told)


def test_a_row_has_the_columns_of_the_schema_in_their_order() -> None:
    assert list(one(rule(), row(), as_of=OPENS)) == OBLIGATIONS.names


def test_nothing_planned_gives_no_row_and_no_standing() -> None:
    assert decide(rule(), [], as_of=OPENS) == ([], [])
    assert decide(policy("empty", []), [], as_of=OPENS) == ([], [])


def test_an_occurrence_is_named_by_its_text_by_its_fact_or_by_both() -> None:
    anchor = hex_key(*natural_key("samples", "test", "last"))
    related = hex_key(*natural_key("dependants", "test", "child"))
    named = [
        one(rule(), row(**told), as_of=OPENS)["occurrence"]
        for told in ({"occurrence": "first"}, {"occurrence": None, "anchor": "last"}, {"related": "child"})
    ]
    assert named == ["first", anchor, f"once/{related}"]


def witness(number: int, fact: str, name: str, *, lookup: int = 1, marks: int = 0) -> dict[str, object]:
    k_hi, k_lo = row().trigger
    hi, lo = natural_key(fact, "test", name)
    return {
        "lookup": lookup,
        "k_hi": k_hi,
        "k_lo": k_lo,
        "n": number,
        "fact": FACT_NUMBERS[fact],
        "hi": hi,
        "lo": lo,
        "marks": marks,
    }


def cited(fact: str, name: str) -> str:
    return f"{fact}:{hex_key(*natural_key(fact, 'test', name))}"


def test_reasons_are_the_trigger_the_witnesses_in_order_the_related_row_and_the_anchor_each_once() -> None:
    witnesses = [
        witness(2, "stays", "s"),
        witness(1, "area_grades", "g"),
        witness(1, "stays", "s", lookup=2),
        witness(2, "arrivals", "traveller", lookup=2),
        witness(3, "dependants", "child", lookup=2),
    ]
    lookups = [{"item": 1, "lookup": 2, "position": 1}, {"item": 1, "lookup": 1, "position": 0}]
    told = row(related="child", anchor="last")
    found = one(rule(), told, as_of=OPENS, witnesses=witnesses, item_lookups=lookups)
    assert found["because"].split(",") == [
        cited("arrivals", "traveller"),
        cited("area_grades", "g"),
        cited("stays", "s"),
        cited("dependants", "child"),
        f"sample_members:{hex_key(*natural_key('samples', 'test', 'last'))}",
    ]


def test_reasons_end_after_the_eighth() -> None:
    witnesses = [
        witness(1 + number % 3, "stays", f"s{number + 1}", lookup=number // 3) for number in range(9)
    ]
    lookups = [{"item": 1, "lookup": number, "position": number} for number in range(3)]
    for told in (row(), row(related="child")):
        found = one(rule(), told, as_of=OPENS, witnesses=witnesses, item_lookups=lookups)
        assert found["because"].split(",")[1:] == [cited("stays", f"s{number}") for number in range(1, 8)]


def test_marks_are_those_of_the_row_and_of_its_witnesses_in_order_of_the_alphabet() -> None:
    lookups = [{"item": 1, "lookup": 1, "position": 0}]
    witnesses = [witness(1, "stays", "s", marks=4), witness(2, "stays", "t", marks=2)]
    assert one(rule(), row(), as_of=OPENS)["marks"] == ""
    assert one(rule(), row(marks=1), as_of=OPENS)["marks"] == "imprecise"
    found = one(rule(), row(marks=1), as_of=OPENS, witnesses=witnesses, item_lookups=lookups)
    assert found["marks"] == "derived,history,imprecise"


def test_every_fact_has_a_number_of_its_own() -> None:
    assert sorted(FACT_NUMBERS.values()) == list(range(1, len(FACTS) + 1))


def test_items_with_the_same_look_ups_cite_the_same_witnesses() -> None:
    made = Rule("arrivals", "arrivals")
    test = verb("test", "tests", "taken_at")
    steps = [made.step(name, test, made.rolling(7, "arrived_on")) for name in ("one", "two", "three")]
    rows = [Planned(step.name, OPENS, DUE) for step in steps]
    lookups = [
        {"item": 1, "lookup": 1, "position": 0},
        {"item": 2, "lookup": 1, "position": 0},
        {"item": 3, "lookup": 2, "position": 0},
    ]
    found, _ = decide(
        made.version(date(2020, 1, 1), steps),
        rows,
        as_of=OPENS,
        witnesses=[witness(1, "stays", "s"), witness(1, "stays", "t", lookup=2)],
        item_lookups=lookups,
    )
    reasons = {one["step"]: one["because"].split(",")[1] for one in found}
    assert reasons == {"one": cited("stays", "s"), "two": cited("stays", "s"), "three": cited("stays", "t")}
