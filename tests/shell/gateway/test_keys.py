"""Keys of partners: shown once, short-lived, exchanged with an overlap, ended at once; how often one asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from shell.gateway.conftest import CITY, KEEPER, MOMENT, SINCE, Clock, Sender, check, result
from shell.gateway.test_sending import as_owner, problem
from sizao.terms.words import Words
from sizao_web.accounts.models import Account
from sizao_web.accounts.registering import Duty, NotRegistered
from sizao_web.gateway import quotas
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions import administer_accounts
from sizao_web.records.actions import administer_partners as deed
from sizao_web.records.actions.administer_partners import NotAllowed
from sizao_web.records.models import Partner, PartnerKey, PartnerUse
from sizao_web.records.reading.partners import ending, partners


def asked(text: str) -> int:
    """The status of a question with this key."""
    return Client().get("/api/v1/key", headers={"Authorization": f"Bearer {text}"}).status_code


def test_of_a_key_only_its_digest_is_kept(laboratory: Sender) -> None:
    secret = laboratory.issued.text.split("_", 2)[2]
    as_owner()
    (row,) = PartnerKey.objects.values()
    assert secret not in str(row)
    assert secret.encode() not in bytes(row["digest"])
    said = laboratory.get("/key").json()
    assert said["facts"] == ["results", "sample_members", "samples"]
    assert said["organisation"] == "lab-1"


def test_a_key_that_is_unknown_not_begun_or_ended_is_answered_alike(
    laboratory: Sender, clock: Clock, kept: Any
) -> None:
    later = kept(
        lambda: deed.issue(
            KEEPER, MOMENT, laboratory.partner, ["results"], not_before=MOMENT + timedelta(days=1), days=2
        )
    )
    text = laboratory.issued.text
    other = text[:-3] + ("abc" if not text.endswith("abc") else "cba")
    answers = [
        Client().get("/api/v1/key", headers={"Authorization": given}).json()
        for given in (f"Bearer {later.text}", f"Bearer {text[:-1]}~", f"Bearer {other}", "Basic x", "")
    ]
    assert len({str({**one, "request": ""}) for one in answers}) == 1
    clock.forward(days=1)
    assert asked(later.text) == 200
    clock.forward(days=2)
    assert asked(later.text) == 401
    assert asked(text) == 200
    clock.forward(days=87)
    assert asked(text) == 401, "ninety days after it was issued"


def test_no_key_holds_longer_than_ninety_days(laboratory: Sender, kept: Any) -> None:
    with pytest.raises(NotRegistered, match="90 days"):
        kept(lambda: deed.issue(KEEPER, MOMENT, laboratory.partner, ["results"], days=91))
    as_owner()
    with pytest.raises(IntegrityError), transaction.atomic():
        PartnerKey.objects.update(not_after=MOMENT + timedelta(days=91))


def test_a_key_is_exchanged_with_an_overlap(laboratory: Sender, clock: Clock, kept: Any) -> None:
    old = laboratory.issued
    new = kept(lambda: deed.rotate(KEEPER, MOMENT, old.key, overlap=7))
    assert (asked(old.text), asked(new.text)) == (200, 200)
    clock.forward(days=6, hours=23)
    assert asked(old.text) == 200
    clock.forward(hours=1)
    assert (asked(old.text), asked(new.text)) == (401, 200)


def test_a_revoked_key_stops_at_the_next_request(laboratory: Sender, kept: Any) -> None:
    assert laboratory.send("/facts/results", result("r-1")).status_code == 201
    kept(lambda: deed.revoke(KEEPER, MOMENT, laboratory.issued.key))
    problem(laboratory.send("/facts/results", result("r-2")), 401, "no-key")
    with pytest.raises(NotRegistered):
        kept(lambda: deed.rotate(KEEPER, MOMENT, laboratory.issued.key))


def test_a_partner_or_a_duty_that_ended_stops_every_key(laboratory: Sender, clock: Clock, kept: Any) -> None:
    assignment = laboratory.partner.assignment
    kept(lambda: administer_accounts.end_assignment(KEEPER, MOMENT, assignment.account, assignment))
    assert asked(laboratory.issued.text) == 401
    as_owner()
    assignment.until_at = None
    assignment.save()
    assert asked(laboratory.issued.text) == 200
    kept(lambda: deed.end(KEEPER, MOMENT, laboratory.partner))
    assert asked(laboratory.issued.text) == 401


def test_a_key_gives_a_part_of_what_its_duty_gives(laboratory: Sender, kept: Any) -> None:
    with pytest.raises(NotRegistered, match="does not record"):
        kept(lambda: deed.issue(KEEPER, MOMENT, laboratory.partner, ["results", "orders"]))
    with pytest.raises(NotRegistered, match="one fact"):
        kept(lambda: deed.issue(KEEPER, MOMENT, laboratory.partner, []))


def test_no_machine_restricts_or_frees_anybody(sender: Any, kept: Any) -> None:
    officer = sender("cdc-1", "cdc", ("classifications",), organisation="office/cdc")
    for fact in ("orders", "merges", "hand_overs", "standing_instructions"):
        with pytest.raises(NotRegistered, match="does not record"):
            kept(lambda fact=fact: deed.issue(KEEPER, MOMENT, officer.partner, [fact]))
    as_owner()
    PartnerKey.objects.update(facts=["classifications", "orders"])  # somebody changed it in the database
    assert officer.get("/key").json()["facts"] == ["classifications"]


def test_only_an_administrator_of_the_area_keeps_partners(laboratory: Sender, kept: Any) -> None:
    duty = Duty("laboratory", "drill/county-1", "lab-9", SINCE)
    words = Words("x", "x")
    elsewhere = Scope("keeper", "administrator", "drill/county-2", None, "public_administration")
    officer = Scope("officer", "cdc", CITY, None, "epidemic_control")
    for scope in (elsewhere, officer):
        with pytest.raises(NotAllowed):
            kept(lambda scope=scope: deed.add(scope, MOMENT, "lab-9", label=words, duty=duty))
        with pytest.raises(NotAllowed):
            kept(lambda scope=scope: deed.revoke(scope, MOMENT, laboratory.issued.key))


def test_nobody_signs_in_by_a_partners_account(laboratory: Sender, kept: Any) -> None:
    account = Account.objects.get(username="lab-1")
    assert not account.has_usable_password()
    with pytest.raises(administer_accounts.NotAllowed):
        kept(lambda: administer_accounts.give_password(KEEPER, MOMENT, account))


def test_the_last_use_and_the_coming_end_are_shown(laboratory: Sender, clock: Clock, kept: Any) -> None:
    assert laboratory.get("/key").status_code == 200
    clock.forward(minutes=1)
    laboratory.get("/key")
    as_owner()
    key = PartnerKey.objects.get()
    assert key.last_used_at == MOMENT, "noted every five minutes at most"
    assert not ending([key], MOMENT + timedelta(days=75))
    assert ending([key], MOMENT + timedelta(days=76)) == [key]
    kept(lambda: deed.rotate(KEEPER, MOMENT + timedelta(days=76), key, overlap=20))
    (found,) = kept(lambda: list(partners(KEEPER)))
    assert not ending(list(found.keys.all()), MOMENT + timedelta(days=77)), "it has its successor"


def test_a_minute_has_so_many_requests_and_the_next_one_has_them_again(sender: Any, clock: Clock) -> None:
    few = sender("few", "laboratory", ("results",), organisation="lab-1", per_minute=3, per_day=5)
    assert [few.get("/key").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = few.get("/key")
    assert refused.headers["Retry-After"] == "55"
    problem(refused, 429, "too-many")
    clock.forward(seconds=55)
    assert [few.get("/key").status_code for _ in range(3)] == [200, 200, 429], "five in a day"
    refused = few.get("/key")
    assert int(refused.headers["Retry-After"]) > 14 * 3600
    clock.forward(days=1)
    assert few.get("/key").status_code == 200


def test_what_is_refused_for_its_number_wrote_nothing(sender: Any, clock: Clock) -> None:
    few = sender("few", "laboratory", ("results",), organisation="lab-1", per_minute=1)
    few.get("/key")
    problem(few.send("/facts/results", result()), 429, "too-many")
    clock.forward(minutes=1)
    assert few.send("/facts/results", result()).json()["outcome"] == "stored"


def test_a_noisy_partner_does_not_crowd_out_who_asks_rarely(
    sender: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotas, "CAPACITY", 10)
    noisy = sender("noisy", "laboratory", ("results",), organisation="lab-1", per_minute=19)
    rare = sender("rare", "laboratory", ("results",), organisation="lab-2", per_minute=19)
    assert [noisy.get("/key").status_code for _ in range(12)].count(200) == 10, "alone it may have it all"
    clock.forward(minutes=1)
    rare.get("/key")
    answers = [noisy.get("/key").status_code for _ in range(12)]
    assert answers.count(200) == 5, "the other is active: half of it"
    problem(noisy.get("/key"), 429, "too-many")
    assert [rare.get("/key").status_code for _ in range(6)].count(200) == 4, "its own half was set aside"
    as_owner()
    last = PartnerUse.objects.order_by("-minute").first()
    assert last is not None
    taken = PartnerUse.objects.filter(minute=last.minute).values_list("taken", flat=True)
    assert sum(taken) <= 10


def test_the_counts_hold_for_several_processes(sender: Any, clock: Clock) -> None:
    few = sender("few", "community", ("health_checks",), per_minute=40)
    answered = 0
    for number in range(60):
        if number % 7 == 0:
            quotas.forget()  # another process, with nothing in hand
        answered += few.send("/facts/health_checks", check(f"c-{number}")).status_code == 201
    assert 30 <= answered <= 40
    as_owner()
    assert Partner.objects.count() == 1
