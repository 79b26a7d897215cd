"""Which link of a key holds, as SQL answers it and as it is told plainly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sizao_web.records.access.scope import Scope
from sizao_web.records.models import FACT_MODELS, FactRow
from sizao_web.records.reading.facts import effective

DRAWN, KEYS = 400, 120
COMMANDER = Scope("commander", "command", "drill", "office/command", "epidemic_control")


def links(chance: Random, moment: datetime) -> list[FactRow]:
    """Of each key a record or none, and corrections in any order: earlier, later, of one version."""
    model, made = FACT_MODELS["areas"], []
    recorded: set[int] = set()
    for number in range(DRAWN):
        key = chance.randrange(KEYS)
        action = chance.choice(["record", "replace", "replace", "retract"])
        if action == "record" and key in recorded:
            continue
        recorded |= {key} if action == "record" else set()
        known = moment + timedelta(hours=chance.randrange(6))
        made.append(
            model(
                fact_id=UUID(int=chance.getrandbits(128)), key_hi=key % 3, key_lo=key, source_system="drawn",
                source_record=f"r{key}", source_version=chance.randrange(1, 4), action=action,
                happened_at=moment, known_at=known, recorded_at=known, recorded_by="drawn", area="drill",
                history=False, derived=False, body=number.to_bytes(16), path=f"drill/a{number}",
            )
        )  # fmt: skip
    return made


def told_plainly(made: list[FactRow], known_by: datetime) -> set[UUID]:
    """The last known link of each key whose record is known, unless it retracts."""
    chains: dict[tuple[int, int], list[FactRow]] = {}
    for one in made:
        if one.known_at <= known_by:
            chains.setdefault((one.key_hi, one.key_lo), []).append(one)
    found = set()
    for chain in chains.values():
        last = max(chain, key=lambda one: (one.source_version, one.known_at, one.fact_id))
        if last.action != "retract" and any(one.action == "record" for one in chain):
            found.add(last.fact_id)
    return found


def test_the_link_that_holds_is_the_last_one_known_of_a_key_that_is_recorded(
    db: None, moment: datetime, say: Callable[[str], None]
) -> None:
    made = links(Random(20201110), moment)
    FACT_MODELS["areas"]._default_manager.bulk_create(made)
    held = 0
    for hours in range(-1, 7):
        known_by = moment + timedelta(hours=hours)
        expected = told_plainly(made, known_by)
        asked = effective(COMMANDER, "areas", known_by).filter(recorded_by="drawn")
        assert set(asked.values_list("fact_id", flat=True)) == expected, f"known {hours} hours later"
        held += len(expected)
    say(f"effective: {len(made)} links of {KEYS} keys at 8 moments, {held} hold")
    assert held > KEYS


def test_a_list_of_thousands_is_one_value_of_the_question_and_an_empty_one_asks_nothing(
    db: None, moment: datetime
) -> None:
    rows = FACT_MODELS["areas"]._default_manager.all()
    _, values = rows.filter(
        path__among=[f"drill/a{number}" for number in range(5000)]
    ).query.sql_with_params()
    assert len(values) == 1
    assert list(rows.filter(path__among=())) == []
