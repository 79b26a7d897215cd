"""What vanished stays with its cause; what comes back is the same row; what is past the horizon is sealed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F

from reference.histories import Batch
from shell.ledger.recorded import adoptions, link, record
from shell.ledger.world import LONG_AGO, aware, counted, counts_of_rows, facts_of, history
from sizao_web.records.ledger import runs
from sizao_web.records.matching.known import canonical, same_persons
from sizao_web.records.models import FACT_MODELS, Obligation, PersonAccess, Sealed, Standing

HOUR = timedelta(hours=1)
FIRST, TRIES = 7, 30


@pytest.fixture
def drawn(db: None) -> Batch:
    """A city whose ledger is up to its moment, with an arrival from which rows come (`a_trigger`)."""
    for seed in range(FIRST, FIRST + TRIES):  # which city that is changes with the texts of the pack
        with transaction.atomic():
            city = _up_to_date(seed)
            if _triggers(city):
                return city
            transaction.set_rollback(True)
    raise AssertionError(f"Of {TRIES} cities none has an arrival from which rows come.")


@pytest.fixture
def settled(db: None) -> Batch:
    """One of which nothing becomes known after its moment: facts of later withdraw rows, too."""
    return _up_to_date(3, later=False)


def _up_to_date(seed: int, *, later: bool = True) -> Batch:
    city = history(seed)
    drawn = facts_of(city)
    if not later:
        drawn = {
            fact: [one for one in links if one["known_at"] <= city.as_of] for fact, links in drawn.items()
        }
    record(drawn)
    runs.whole(aware(city.as_of))
    return city


def _triggers(drawn: Batch) -> list[dict[str, Any]]:
    """Arrivals of one link from which live rows come."""
    links = facts_of(drawn)["arrivals"]
    alone = [one for one in links if sum(other["key_hi"] == one["key_hi"] for other in links) == 1]
    live = set(Obligation.objects.filter(withdrawn_at=None).values_list("trigger_key", flat=True))
    return [one for one in alone if key_of(one) in live]


def a_trigger(drawn: Batch) -> dict[str, Any]:
    """The first of them."""
    return _triggers(drawn)[0]


def key_of(one: dict[str, Any]) -> str:
    high, low = (int(one[half]).to_bytes(8, "big", signed=True) for half in ("key_hi", "key_lo"))
    return (high + low).hex()


def corrected(one: dict[str, Any], version: int, known_at: datetime, **changes: Any) -> dict[str, Any]:
    identity = f"{version:08x}{one['fact_id'][8:]}"
    return {**one, "fact_id": identity, "source_version": version, "known_at": known_at, **changes}


def test_a_retraction_withdraws_rows_with_its_cause_and_taking_it_back_brings_them_back(drawn: Batch) -> None:
    trigger = a_trigger(drawn)
    rows = Obligation.objects.filter(trigger_key=key_of(trigger))
    before = {row.pk: row.status for row in rows}
    gone = corrected(trigger, 2, drawn.as_of, action="retract", reason="entered twice")
    record({"arrivals": [gone]})
    ran = runs.touched(aware(drawn.as_of + HOUR))
    assert ran is not None
    assert (ran.kind, ran.rows_withdrawn) == ("touched", len(before))
    cite = f"arrivals:{key_of(trigger)}"
    assert {(row.withdrawn_why, row.withdrawn_by) for row in rows.all()} == {("retracted_fact", cite)}
    assert {row.withdrawn_at for row in rows.all()} == {aware(drawn.as_of + HOUR)}
    assert counted() == counts_of_rows(), "what is withdrawn is not counted"
    record({"arrivals": [corrected(trigger, 3, drawn.as_of + 2 * HOUR, action="replace")]})
    runs.touched(aware(drawn.as_of + 2 * HOUR))
    again = rows.filter(withdrawn_at=None, withdrawn_why=None, withdrawn_by=None)
    assert {row.pk for row in again} == set(before)


def test_a_rule_that_is_adopted_no_more_withdraws_its_rows(drawn: Batch) -> None:
    trigger = a_trigger(drawn)
    rule = Obligation.objects.filter(trigger_key=key_of(trigger)).values_list("rule", flat=True)[0]
    texts = [one for one in adoptions(drawn.policy, LONG_AGO) if one["rule"] == rule]
    record({"adoptions": [corrected(one, 2, drawn.as_of, action="retract") for one in texts]})
    ran = runs.touched(aware(drawn.as_of + HOUR))
    assert ran is not None
    assert ran.kind == "whole", "other texts touch everybody"
    found = Obligation.objects.filter(rule=rule).exclude(withdrawn_at=None)
    assert set(found.values_list("withdrawn_why", flat=True)) == {"rule_left_out"}
    assert not Obligation.objects.filter(rule=rule, withdrawn_at=None).exists()


def test_what_is_past_the_horizon_is_sealed_and_names_nobody(settled: Batch) -> None:
    persons = set(Obligation.objects.filter(about_kind="person").values_list("about", flat=True))
    over = Obligation.objects.filter(status="missed", closes_at__lt=aware(settled.as_of)).count()
    later = settled.as_of + timedelta(days=settled.policy.horizon_days)
    ran = runs.whole(aware(later))
    assert ran.rows_sealed >= over > 0
    assert ran.rows_withdrawn == 0, "time withdraws nothing"
    sealed = set(Sealed.objects.values_list("about", flat=True))
    assert sealed
    assert not sealed & persons
    assert counted() == counts_of_rows()


def test_a_clock_that_was_set_back_brings_sealed_rows_back(drawn: Batch) -> None:
    before = set(Obligation.objects.values_list("pk", flat=True))
    runs.whole(aware(drawn.as_of + timedelta(days=drawn.policy.horizon_days)))
    runs.touched(aware(drawn.as_of))
    assert set(Obligation.objects.filter(withdrawn_at=None).values_list("pk", flat=True)) == before
    assert not Sealed.objects.exists()


def test_an_accepted_hand_over_passes_a_persons_rows_and_lets_the_receiver_see_them(drawn: Batch) -> None:
    mine = Obligation.objects.filter(about_kind="person", status__in=("open", "overdue", "upcoming"))
    row = mine.filter(responsible=F("done_by")).order_by("pk")[0]  # passed to nobody yet
    person, giver = row.about, row.done_by
    same = same_persons()  # rows of the same person under another number are theirs, too
    one = canonical(person, same)
    theirs = [person, *(number for number in same if canonical(number, same) == one), one]
    others = dict(Obligation.objects.exclude(about__in=theirs).values_list("pk", "responsible"))
    offer = {"hand_over": "h", "person": person, "from_office": giver, "to_office": "receiver"}
    record({"hand_overs": [link("hand_overs", drawn.as_of, "h", **offer, offered_at=drawn.as_of)]})
    runs.touched(aware(drawn.as_of + HOUR))
    assert Obligation.objects.get(pk=row.pk).responsible == giver, "an offer passes nothing"
    at = drawn.as_of + HOUR
    taken = {"hand_over": "h", "person": person, "accepted_office": "receiver", "accepted_at": at}
    record({"hand_over_acceptances": [link("hand_over_acceptances", at, "h", **taken)]})
    runs.touched(aware(drawn.as_of + 2 * HOUR))
    passed = Obligation.objects.get(pk=row.pk)
    assert (passed.responsible, passed.done_by) == ("receiver", giver)
    kept = dict(Obligation.objects.filter(pk__in=others).values_list("pk", "responsible"))
    assert {pk: kept[pk] for pk in others if kept[pk] == "receiver"} == {}
    assert PersonAccess.objects.filter(person=person, organisation="receiver").exists()


def test_who_runs_a_site_sees_those_in_its_rooms_until_they_leave_whatever_binds_them(drawn: Batch) -> None:
    """A case that turned out to be none ends the quarantine of its contacts: somebody must let them out."""
    at = drawn.as_of
    site = {"place": "site", "kind": "quarantine_site", "located_in": "drill/street/grounds"}
    offices = {
        "runs": {"task": "site", "covers": "drill/street"},
        "ran": {"task": "site", "covers": "drill/street", "until_on": at.date()},
        "beside": {"task": "site", "covers": "drill/stre"},
        "other": {"task": "sampling_team", "covers": "drill/street"},
    }
    stay = {"person": "guest", "place": "site", "room": "201", "kind": "central", "from_at": at - HOUR}
    record(
        {
            "places": [link("places", LONG_AGO, "site", **site, from_on=LONG_AGO.date())],
            "offices": [
                link("offices", LONG_AGO, name, office=name, from_on=LONG_AGO.date(), **one)
                for name, one in offices.items()
            ],
            "room_stays": [link("room_stays", at, "stay", **stay)],
        }
    )
    runs.touched(aware(at + HOUR))
    assert not Obligation.objects.filter(about="guest").exists(), "nothing binds the guest"
    seen = PersonAccess.objects.filter(person="guest", organisation__isnull=False)
    assert set(seen.values_list("organisation", flat=True)) & set(offices) == {"runs"}
    left = {**link("room_stays", at, "stay", **stay, until_at=at + HOUR), "fact_id": f"{2:032x}"}
    again = {"source_version": 2, "action": "replace", "reason": "left", "known_at": at + HOUR}
    record({"room_stays": [{**left, **again}]})
    runs.touched(aware(at + 2 * HOUR))
    assert not seen.exists(), "who has left is theirs no more"


def test_a_hospital_sees_who_was_its_patient_or_booked_for_thirty_days(
    drawn: Batch,
) -> None:
    """Least data: no duty holds the hospital, and the record stays for the area where the patient lives."""
    at, day = drawn.as_of, timedelta(days=1)
    admitted = {"person": "patient", "place": "hospital", "admitted_at": at - 90 * day}
    left = {"person": "patient", "place": "hospital", "discharged_at": at - 30 * day, "outcome": "other"}
    slot = {"service": "outpatient", "from_at": at - 30 * day + HOUR, "booked_at": at - 40 * day}
    lives = {"person": "patient", "located_in": "drill/street", "from_on": LONG_AGO.date()}
    facts = {
        "admissions": [
            link("admissions", at - 90 * day, "ended", **admitted),
            link("admissions", at - 90 * day, "runs", **{**admitted, "person": "inpatient"}),
        ],
        "appointments": [link("appointments", at - 40 * day, "b", person="booked", place="hospital", **slot)],
        "residences": [link("residences", LONG_AGO, "home", **lives)],
    }
    record(facts)

    def seen() -> set[str]:
        rows = PersonAccess.objects.filter(organisation="hospital")
        return set(rows.values_list("person", flat=True))

    runs.touched(aware(at - 2 * HOUR))
    assert seen() == {"patient", "inpatient", "booked"}
    record({"discharges": [link("discharges", at - 30 * day, "left", **left)]})
    runs.touched(aware(at - HOUR))
    assert seen() == {"patient", "inpatient", "booked"}, "an hour before the thirty days are over"
    runs.touched(aware(at))
    assert seen() == {"inpatient", "booked"}, "nothing arrived: time alone ended it"
    runs.touched(aware(at + 2 * HOUR))
    assert seen() == {"inpatient"}
    assert PersonAccess.objects.filter(person="patient", area="drill/street").exists()
    runs.whole(aware(at + 2 * HOUR))
    assert seen() == {"inpatient"}


def test_a_claim_lasts_a_day_once_facts_say_where_a_person_belongs(drawn: Batch) -> None:
    newcomer = {"person": "newcomer", "area": "x", "organisation": None}
    PersonAccess.objects.create(**newcomer)
    runs.whole(aware(drawn.as_of))
    assert PersonAccess.objects.filter(**newcomer).exists(), "nobody else would see them"
    home = {"person": "newcomer", "located_in": "y", "from_on": drawn.as_of.date()}
    record({"residences": [link("residences", drawn.as_of, "home", **home)]})
    runs.touched(aware(drawn.as_of + HOUR))
    assert set(PersonAccess.objects.filter(person="newcomer").values_list("area", flat=True)) == {"x", "y"}
    PersonAccess.objects.filter(**newcomer).update(claimed_at=aware(LONG_AGO))
    runs.whole(aware(drawn.as_of + HOUR))
    assert set(PersonAccess.objects.filter(person="newcomer").values_list("area", flat=True)) == {"y"}


def test_who_was_merged_is_one_person_within_a_run_and_parted_is_as_before(drawn: Batch) -> None:
    def answer() -> tuple[list[Any], list[Any]]:
        rows = Obligation.objects.filter(withdrawn_at=None).order_by("pk")
        bound = Standing.objects.order_by("person")
        return (
            list(rows.values_list("pk", "about", "status", "met_by", "closes_at")),
            list(bound.values_list("person", "rows", "until")),
        )

    def link_to(version: int, hours: int, action: str) -> None:
        moment = drawn.as_of + hours * HOUR
        one = link("merges", moment, "m", person=alias, same_as=kept)
        record({"merges": [corrected(one, version, moment, action=action, reason="said so")]})
        ran = runs.touched(aware(moment + HOUR / 60))
        assert ran is not None
        assert ran.kind == "touched"

    same = same_persons()
    merged = {*same, *same.values()}  # of them the city tells already that they are one
    alias = Standing.objects.exclude(person__in=merged).order_by("person")[0].person
    # A case is not quarantined as a contact: merged with one, who was bound as a contact is bound no more.
    cases = {one["person"] for one in facts_of(drawn)["classifications"]}
    others = Obligation.objects.filter(about_kind="person").exclude(about__in={alias, *merged, *cases})
    kept = others.order_by("about")[0].about
    runs.touched(aware(drawn.as_of + 2 * HOUR))
    link_to(1, 2, "record")
    bound = set(Standing.objects.values_list("person", flat=True))
    assert alias not in bound
    assert kept in bound, "what binds the one number binds the person"
    seen = PersonAccess.objects.filter(person=alias).values_list("area", "organisation")
    assert set(seen) >= set(PersonAccess.objects.filter(person=kept).values_list("area", "organisation"))
    link_to(2, 3, "retract")
    parted = answer()
    again = runs.whole(aware(drawn.as_of + 3 * HOUR + HOUR / 60))
    assert (again.rows_changed, again.rows_withdrawn) == (0, 0)
    FACT_MODELS["merges"]._default_manager.filter(source_system="tests").delete()
    runs.forget()
    runs.whole(aware(drawn.as_of + 3 * HOUR + HOUR / 60))
    assert answer() == parted, "as if nobody had said that they were one"
