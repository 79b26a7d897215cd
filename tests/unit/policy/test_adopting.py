"""Which texts count at a moment: those adopted by then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pyarrow as pa
import pytest

from sizao.facts.schemas import arrow_schema
from sizao.policy.adopting import Adoption, adopt, adopt_as_recorded
from sizao.policy.loading import load_pack
from sizao.policy.model import Policy
from sizao.terms.words import Words
from unit.policy.small_pack import FILES

POLICY = load_pack(FILES)
FIRST, SECOND, THIRD = POLICY.rules["contact-stay"]


def row(
    version: str | None,
    known_at: datetime,
    *,
    action: str = "record",
    key: int = 1,
    number: int = 1,
    pack: str | None = "small",
    approved_by: str = "li",
    effect: datetime | None = None,
) -> dict[str, object]:
    return {
        "pack": pack,
        "rule": "contact-stay",
        "version": version,
        "adopted_by": "wang",
        "approved_by": approved_by,
        "key_hi": key,
        "key_lo": key,
        "action": action,
        "source_version": number,
        "happened_at": effect or known_at,
        "known_at": known_at,
        "fact_id": f"{key}-{number}",
    }


def adoption(known_by: datetime, *rows: dict[str, object], policy: Policy = POLICY) -> Adoption:
    schema = arrow_schema("adoptions")
    table = pa.Table.from_pylist(
        [{name: one.get(name) for name in schema.names} for one in rows], schema=schema
    )
    return adopt(policy, table, known_by)


def adopted(known_by: datetime, *rows: dict[str, object]) -> Policy:
    return adoption(known_by, *rows).policy


def test_an_installation_puts_nothing_into_force_that_nobody_adopted() -> None:
    nothing = adopt_as_recorded(POLICY, arrow_schema("adoptions").empty_table(), datetime(2020, 1, 1))
    assert (nothing.adopted, nothing.from_beginning) == (0, False)


def test_an_installation_takes_adopted_texts_as_a_folder_does() -> None:
    table = pa.Table.from_pylist(
        [
            {
                name: row(FIRST.digest, datetime(2020, 1, 1)).get(name)
                for name in arrow_schema("adoptions").names
            }
        ],
        schema=arrow_schema("adoptions"),
    )
    when = datetime(2020, 2, 1)
    assert adopt_as_recorded(POLICY, table, when) == adopt(POLICY, table, when)


def test_a_pack_without_adoptions_counts_as_adopted_at_the_beginning_of_time() -> None:
    assert adopted(datetime(2020, 1, 1)) is POLICY
    assert adoption(datetime(2020, 1, 1)).from_beginning
    assert adopted(datetime(2020, 1, 1), row("x", datetime(2020, 1, 1), pack="other")) is POLICY


def test_an_adoption_that_becomes_known_later_changes_no_earlier_answer() -> None:
    later = row(FIRST.digest, datetime(2020, 12, 1))
    assert adopted(datetime(2020, 11, 9), later) is POLICY
    assert not adoption(datetime(2020, 12, 1), later).from_beginning


def test_only_what_was_adopted_by_then_counts() -> None:
    rows = (row(FIRST.digest, datetime(2020, 1, 19)), row(THIRD.digest, datetime(2020, 7, 1), key=2))
    found = adoption(datetime(2020, 6, 30), *rows)
    assert (found.adopted, found.texts, found.ignored) == (1, 5, ())
    (only,) = found.policy.rules["contact-stay"]
    assert only.number == 1
    assert only.in_force_until == date(2020, 6, 1)
    both = adopted(datetime(2020, 7, 1), *rows).rules["contact-stay"]
    assert [version.number for version in both] == [1, 3]


def test_an_adoption_decided_ahead_takes_effect_at_its_moment_and_not_before() -> None:
    effect = datetime(2020, 6, 18)
    ahead = row(FIRST.digest, datetime(2020, 6, 12), effect=effect)
    before, at = adoption(datetime(2020, 6, 17, 23, 59), ahead), adoption(effect, ahead)
    assert (before.adopted, at.adopted) == (0, 1)
    assert not before.from_beginning, "somebody has decided: nothing is in force until then"


def test_a_text_runs_on_when_the_next_one_is_not_adopted() -> None:
    rows = (row(SECOND.digest, datetime(2020, 5, 1)),)
    (only,) = adopted(datetime(2020, 9, 1), *rows).rules["contact-stay"]
    assert SECOND.in_force_until == date(2020, 8, 1)
    assert only.in_force_until is None


@pytest.mark.parametrize("own", [{}, {"pack": None, "version": None}])
def test_an_adoption_that_was_retracted_does_not_count(own: dict[str, None]) -> None:
    """And a retraction may leave its own columns empty."""
    back = row(FIRST.digest, datetime(2020, 1, 25), action="retract", number=2) | own
    rows = (row(FIRST.digest, datetime(2020, 1, 19)), back)
    assert "contact-stay" in adopted(datetime(2020, 1, 24), *rows).rules
    assert adopted(datetime(2020, 1, 25), *rows).rules == {}


def test_a_correction_of_nothing_waits() -> None:
    assert adopted(datetime(2020, 2, 1), row(FIRST.digest, datetime(2020, 1, 19), action="replace")) is POLICY


def test_a_corrected_adoption_says_what_its_last_link_says() -> None:
    rows = (
        row("0" * 12, datetime(2020, 1, 19)),
        row(FIRST.digest, datetime(2020, 1, 25), action="replace", number=2),
    )
    (only,) = adopted(datetime(2020, 2, 1), *rows).rules["contact-stay"]
    assert only.number == 1
    moved = (
        row(FIRST.digest, datetime(2020, 1, 19)),
        row(FIRST.digest, datetime(2020, 1, 25), action="replace", number=2, pack="other"),
    )
    assert adopted(datetime(2020, 2, 1), *moved) is POLICY


@pytest.mark.orders("D2-44")
def test_one_person_alone_adopts_nothing_and_it_is_told() -> None:
    found = adoption(datetime(2020, 2, 1), row(FIRST.digest, datetime(2020, 1, 19), approved_by="wang"))
    assert found.policy is POLICY
    assert found.from_beginning
    (ignored,) = found.ignored
    assert (ignored.rule, ignored.version) == ("contact-stay", FIRST.digest)
    assert ignored.cite == "adoptions:0000000000000001" + "0000000000000001"
    assert "two persons" in ignored.why.en


def test_a_text_that_the_pack_has_not_is_not_adopted_and_it_is_told() -> None:
    rows = (row("0" * 12, datetime(2020, 1, 19)), row(FIRST.digest, datetime(2020, 1, 19), key=2))
    found = adoption(datetime(2020, 2, 1), *rows)
    assert [version.number for version in found.policy.versions()] == [1]
    assert ["no such text" in one.why.en for one in found.ignored] == [True]
    assert adopted(datetime(2020, 2, 1), rows[0]) is POLICY


@pytest.mark.orders("D2-44")
def test_a_pack_with_gaps_cannot_be_adopted_and_it_is_told() -> None:
    incomplete = replace(POLICY, gaps=(Words("缺口", "a gap"),))
    found = adoption(datetime(2020, 2, 1), row(FIRST.digest, datetime(2020, 1, 19)), policy=incomplete)
    assert found.policy is incomplete
    assert ["gaps" in one.why.en for one in found.ignored] == [True]


def test_what_did_not_count_leaves_nothing_behind_when_it_is_retracted() -> None:
    rows = (
        row(FIRST.digest, datetime(2020, 1, 19), approved_by="wang"),
        row(None, datetime(2020, 1, 20), action="retract", number=2, pack=None),
    )
    found = adoption(datetime(2020, 2, 1), *rows)
    assert found.policy is POLICY
    assert found.ignored == ()
