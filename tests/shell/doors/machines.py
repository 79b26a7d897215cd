"""Doors of machines: single records, batches, streams and corrections, with keys of the strongest duties.

A key of the centre for disease control may say who was exposed and who is whose contact: that is the ground.
What follows from it is derived, and nothing else that a machine can send restricts anybody.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from shell.doors.hand import FREE, Hand, sql, values_of
from shell.gateway.conftest import CITY, KEEPER, Sender
from sizao.terms.words import Words
from sizao_web.accounts import roles
from sizao_web.accounts.registering import Duty, NotRegistered
from sizao_web.accounts.roles import BY_PEOPLE, DECIDED, ROLES
from sizao_web.gateway import api
from sizao_web.records.access.scope import enter
from sizao_web.records.actions import administer_partners as deed
from sizao_web.records.actions.deliver import take_in
from sizao_web.records.models import FACT_MODELS, Delivery, PartnerKey

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
NO_FACTS = ("standing", "obligations", "codes")
DAYS = {"from_on": "2020-11-01", "until_on": "2020-12-01"}
ORDER = {
    "source_record": "o-1",
    "order": "o-1",
    "person": FREE,
    "place": "central",
    "ground_rule": "contact-quarantine",
    "appeal_to": "office/2",
    **DAYS,
}
"""Whole and right, so that only the lock keeps it out."""
NDJSON = "application/x-ndjson"


def machine(hand: Hand, role: str, *, organisation: str = "office/1") -> Sender:
    """A partner of this duty, with a key for all that its duty sends by machine."""
    enter(KEEPER)
    duty = Duty(role, CITY, organisation, SINCE)
    name = f"{role}-{uuid4().hex[:8]}".replace("_", "-")
    partner = deed.add(KEEPER, hand.moment, name, label=Words("系统", "system"), duty=duty)
    issued = deed.issue(KEEPER, hand.moment, partner, sorted(ROLES[role].gives_by_machine))
    sql("RESET ROLE")
    return Sender(partner, issued, Caller())


class Caller(Sender.__dataclass_fields__["client"].default_factory):  # type: ignore[misc, name-defined]
    """A machine's client. The transaction of a test outlives the request, so its role is given back."""

    def request(self, **request: Any) -> Any:
        """Ask, and be the test again."""
        answer = super().request(**request)
        sql("RESET ROLE")
        return answer


def lines(*rows: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """A batch and what its sender says of it."""
    content = "\n".join(json.dumps(row) for row in rows).encode()
    digest = b64encode(sha256(content).digest()).decode()
    return content, {
        "Content_Type": NDJSON,
        "Sizao_Rows": str(len(rows)),
        "Content_Digest": f"sha-256=:{digest}:",
    }


def batch(hand: Hand, by: Sender, fact: str, *rows: dict[str, Any]) -> Delivery | int:
    """What became of a batch; the status where it was not even kept."""
    content, said = lines(*rows)
    answer = by.send(f"/facts/{fact}/batches", content, **said)
    if answer.status_code != 202:
        return int(answer.status_code)
    return take_in(answer.json()["delivery"], hand.moment)


def exposed(record: str, person: str) -> dict[str, Any]:
    """A designation as somebody else recorded it, said of another person under another number."""
    row = FACT_MODELS["designations"]._default_manager.filter(action="record").exclude(person=FREE).first()
    said = {name: value for name, value in values_of("designations", row).items() if value is not None}
    said |= {name: str(said[name]) for name in ("last_exposed_on", "designated_on")}
    return {"source_record": record, **said, "person": person}


# -- doors -----------------------------------------------------------------------------------------


def single_records_by_machine(hand: Hand) -> None:
    """What a person records, what two decide and what is derived has no address for a machine."""
    for role in ("cdc", "command", "health_commission", "education"):
        by = machine(hand, role)
        for fact in (*NO_FACTS, *sorted(BY_PEOPLE | DECIDED)):
            body = {"source_record": "x", "person": FREE} if fact != "orders" else ORDER
            assert by.send(f"/facts/{fact}", body).status_code == 404, (role, fact)
    by = machine(hand, "cdc")
    for more in ({"until_on": "2020-12-01"}, {"place": "central"}, {"restricts": True}, {"rule": "mine"}):
        assert by.send("/facts/designations", {**exposed("d", FREE), **more}).status_code == 400, more


def keys_that_claim_more(hand: Hand) -> None:
    """Neither is such a key issued, nor does it hold where somebody wrote it into the table."""
    by = machine(hand, "cdc")
    enter(KEEPER)
    for fact in sorted(BY_PEOPLE | DECIDED):
        with pytest.raises(NotRegistered):
            deed.issue(KEEPER, hand.moment, by.partner, [fact])
    sql("RESET ROLE")
    everything = [*sorted(BY_PEOPLE | DECIDED), *NO_FACTS]
    PartnerKey.objects.filter(partner=by.partner).update(facts=everything)
    assert by.get("/key").json()["facts"] == []
    for fact in everything:
        assert by.send(f"/facts/{fact}", ORDER).status_code == 404, fact


def batches_by_machine(hand: Hand) -> None:
    """A batch has the addresses of single records, and what is beside its own columns is not taken."""
    for role in ("cdc", "command", "health_commission"):
        by = machine(hand, role)
        for fact in (*NO_FACTS, *sorted(BY_PEOPLE | DECIDED)):
            assert batch(hand, by, fact, ORDER) == 404, (role, fact)
    by = machine(hand, "cdc")
    for more in ({"until_on": "2020-12-01"}, {"restricts": True}, {"recorded_by": "x"}):
        found = batch(hand, by, "designations", {**exposed("d", FREE), **more})
        assert isinstance(found, Delivery)
        assert (found.state, found.stored) == ("refused", 0), more


def streams_by_machine(hand: Hand) -> None:
    """Who was where is no ground by itself: a person decides whose contact somebody is."""
    by = machine(hand, "health_commission")
    seen = {"source_record": "s", "person": FREE, "place": "venue", "checked_in_at": f"{hand.moment:%FT%TZ}"}
    for stream in (*NO_FACTS, *sorted(BY_PEOPLE | DECIDED), "designations"):
        content, _ = lines(ORDER)
        assert by.send(f"/streams/{stream}", content, Content_Type=NDJSON).status_code == 404, stream
    for more in ({"restricts": True}, {"until_on": "2020-12-01"}, {"class": "close"}):
        content, _ = lines({**seen, **more})
        assert by.send("/streams/check_ins", content, Content_Type=NDJSON).status_code == 400, more
    with_place = machine(hand, "institution", organisation="venue")
    content, _ = lines(seen)
    assert with_place.send("/streams/check_ins", content, Content_Type=NDJSON).status_code == 200


def corrections_by_machine(hand: Hand) -> None:
    """What was found of somebody else is not moved to the one who is to be kept at home, by no way."""
    by, other = machine(hand, "cdc"), machine(hand, "cdc")
    true = exposed("d-1", "guest")
    assert by.send("/facts/designations", true).status_code == 201
    moved = {**true, "person": FREE, "action": "replace", "source_version": 2, "reason": "typed wrong"}
    assert by.send("/facts/designations", moved).status_code == 422
    assert by.send("/facts/designations", {**true, "person": FREE}).status_code == 409
    gone = {**moved, "action": "retract", "person": FREE}
    assert other.send("/facts/designations", gone).status_code in (404, 409), "a record of another partner"
    for link in (moved, gone, {**true, "person": FREE}):
        found = batch(hand, by, "designations", link)
        assert isinstance(found, Delivery)
        assert found.stored == 0, link["source_record"]
    found = FACT_MODELS["designations"]._default_manager.exclude(source_system=by.partner.name)
    elsewhere = found.first()
    assert elsewhere is not None
    typed = {**moved, "source_record": elsewhere.source_record}
    assert by.send("/facts/designations", typed).status_code in (404, 409)
    for claimed in ({}, {"source_system": elsewhere.source_system}):
        found = batch(hand, by, "designations", {**typed, **claimed})
        assert isinstance(found, Delivery)
        assert found.stored == 0
    assert by.send("/facts/designations", gone).status_code == 201, "one's own may be retracted"
    assert not FACT_MODELS["designations"]._default_manager.filter(person=FREE).exists()


DOORS: tuple[Callable[[Hand], None], ...] = (
    single_records_by_machine,
    keys_that_claim_more,
    batches_by_machine,
    streams_by_machine,
    corrections_by_machine,
)


# -- locks -----------------------------------------------------------------------------------------


def _machines_as_people(patch: pytest.MonkeyPatch) -> None:
    """A machine may send what a person records."""
    patch.setattr(roles, "BY_PEOPLE", frozenset())


def _any_fact(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(api, "_given_by", lambda request, fact: None)


def _any_stream(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(api, "STREAMS", SimpleNamespace(__contains__=lambda *_: True))


def _keys_as_written(patch: pytest.MonkeyPatch) -> None:
    """A key gives what its row says."""
    patch.setattr(roles.Role, "gives_by_machine", property(lambda _: frozenset(roles.FACTS)))


def _may_be_moved(patch: pytest.MonkeyPatch) -> None:
    """A correction may change whom it is about, on pages and at the gateway."""
    from sizao_web.records.actions import correct_fact

    patch.setattr(correct_fact, "kept_columns", lambda fact: ())


def _may_be_moved_by_files(patch: pytest.MonkeyPatch) -> None:
    """The database does not look whom a correction is about."""
    sql(
        "CREATE OR REPLACE FUNCTION sizao_may_correct(fact text, hi bigint, lo bigint, who text, within text)"
        " RETURNS boolean LANGUAGE sql AS 'SELECT true'"
    )


LOCKS: dict[str, tuple[Callable[[Hand], None], Callable[[pytest.MonkeyPatch], None]]] = {
    "machines are no people": (single_records_by_machine, _machines_as_people),
    "a key is for its facts": (single_records_by_machine, _any_fact),
    "batches too": (batches_by_machine, _any_fact),
    "what a key says is not believed": (keys_that_claim_more, _keys_as_written),
    "corrections keep their person": (corrections_by_machine, _may_be_moved),
    "corrections by batch too": (corrections_by_machine, _may_be_moved_by_files),
}
"""What holds -> the door that it locks, and how it is taken off."""
