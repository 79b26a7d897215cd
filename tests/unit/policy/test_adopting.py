"""Which texts count at a moment: those adopted by then."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa

from sizao.facts.schemas import arrow_schema
from sizao.policy.adopting import adopt
from sizao.policy.loading import load_pack
from sizao.policy.model import Policy
from unit.policy.small_pack import FILES

POLICY = load_pack(FILES)
FIRST, SECOND, THIRD = POLICY.rules["contact-stay"]


def row(
    version: str,
    known_at: datetime,
    *,
    action: str = "record",
    key: int = 1,
    number: int = 1,
    pack: str = "small",
) -> dict[str, object]:
    return {
        "pack": pack,
        "rule": "contact-stay",
        "version": version,
        "key_hi": key,
        "key_lo": key,
        "action": action,
        "source_version": number,
        "known_at": known_at,
        "fact_id": f"{key}-{number}",
    }


def adopted(known_by: datetime, *rows: dict[str, object]) -> Policy:
    schema = arrow_schema("adoptions")
    table = pa.Table.from_pylist(
        [{name: one.get(name) for name in schema.names} for one in rows], schema=schema
    )
    return adopt(POLICY, table, known_by)


def test_a_pack_without_adoptions_counts_as_adopted_at_the_beginning_of_time() -> None:
    assert adopted(datetime(2020, 1, 1)) is POLICY
    assert adopted(datetime(2020, 1, 1), row("x", datetime(2020, 1, 1), pack="other")) is POLICY


def test_only_what_was_adopted_by_then_counts() -> None:
    rows = (row(FIRST.digest, datetime(2020, 1, 19)), row(THIRD.digest, datetime(2020, 7, 1), key=2))
    assert adopted(datetime(2020, 1, 18), *rows).rules == {}
    (only,) = adopted(datetime(2020, 6, 30), *rows).rules["contact-stay"]
    assert (only.number, only.adopted_at) == (1, datetime(2020, 1, 19))
    assert only.in_force_until == date(2020, 6, 1)
    both = adopted(datetime(2020, 7, 1), *rows).rules["contact-stay"]
    assert [version.number for version in both] == [1, 3]


def test_a_text_runs_on_when_the_next_one_is_not_adopted() -> None:
    rows = (row(SECOND.digest, datetime(2020, 5, 1)),)
    (only,) = adopted(datetime(2020, 9, 1), *rows).rules["contact-stay"]
    assert SECOND.in_force_until == date(2020, 8, 1)
    assert only.in_force_until is None


def test_an_adoption_that_was_retracted_does_not_count() -> None:
    rows = (
        row(FIRST.digest, datetime(2020, 1, 19)),
        row(FIRST.digest, datetime(2020, 1, 25), action="retract", number=2),
    )
    assert "contact-stay" in adopted(datetime(2020, 1, 24), *rows).rules
    assert adopted(datetime(2020, 1, 25), *rows).rules == {}


def test_a_correction_of_nothing_waits() -> None:
    assert (
        adopted(datetime(2020, 2, 1), row(FIRST.digest, datetime(2020, 1, 19), action="replace")).rules == {}
    )


def test_a_corrected_adoption_counts_from_when_it_first_became_known() -> None:
    rows = (
        row("0" * 12, datetime(2020, 1, 19)),
        row(FIRST.digest, datetime(2020, 1, 25), action="replace", number=2),
    )
    (only,) = adopted(datetime(2020, 2, 1), *rows).rules["contact-stay"]
    assert only.adopted_at == datetime(2020, 1, 19)
