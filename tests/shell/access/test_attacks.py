"""What somebody could try who gets a statement of their own into the pages' connection, or misuses a duty."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from psycopg.errors import InsufficientPrivilege

from shell.access.world import Spot, fact_row
from sizao_web.records.access.functions import DEFER, FUNCTIONS
from sizao_web.records.access.own import OWN
from sizao_web.records.access.partners import MACHINES
from sizao_web.records.access.public import PUBLIC
from sizao_web.records.access.scope import Unsealed, enter, scope_of
from sizao_web.records.access.stories import STORIES
from sizao_web.records.access.tables import CLOSED, GUARDS
from sizao_web.records.actions.record_facts import record_facts
from sizao_web.records.audit import note
from sizao_web.records.models import FACT_MODELS, PersonAccess
from sizao_web.records.streams import access as streams
from sizao_web.records.writing import Given, NotAllowed

STREET = "drill/county-1/street"
HERE, THERE = f"{STREET}/community-1", f"{STREET}/community-2"


def stay(person: str, area: str, **link: Any) -> Given:
    values = {
        "person": person,
        "located_in": area,
        "from_on": date(2020, 11, 1),
        "until_on": None,
        "place": None,
    }
    return Given("stays", values, link.pop("record", None) or str(uuid4()), **link)


def well(person: str, moment: datetime, **link: Any) -> Given:
    values = {"person": person, "checked_at": moment, "temperature": 36.5, "symptoms": False}
    return Given("health_checks", values, link.pop("record", None) or str(uuid4()), **link)


@pytest.fixture
def neighbour(person_in_office: Any, as_scope: Any, moment: datetime) -> str:
    """Somebody of this community, with one fact whose source_record is "own"."""
    with as_scope(person_in_office("community", HERE, name="owner-of-neighbour")) as scope:
        record_facts(scope, moment, [well("neighbour", moment, record="own")])
    return "neighbour"


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return int(cursor.fetchone()[0])


def test_a_statement_outside_any_scope_sees_no_row_about_anybody(neighbour: str, as_pages: Any) -> None:
    with as_pages():
        for table in GUARDS:
            if table.startswith(("fact_", "ledger_", "person_", "identity", "audit_", "django_s", "mfa_")):
                assert count(table) == 0, table


def test_a_scope_that_a_statement_makes_up_is_not_believed(
    neighbour: str, person_in_office: Any, refused: Any
) -> None:
    account = person_in_office("community", THERE)
    enter(scope_of(account.assignments.get()))
    with connection.cursor() as cursor:
        for name, value in (("sees_area", "drill"), ("area", "drill"), ("role", "command")):
            cursor.execute("SELECT set_config(%s, %s, true)", [f"sizao.{name}", value])
            assert count("fact_health_checks") == count("person_access") == 0, name
        cursor.execute("SELECT sizao_said('role')")
        assert cursor.fetchone() == (None,)
    assert refused("SELECT 1 FROM sizao_seal")
    assert refused("UPDATE sizao_seal SET inner_pad = ''")


def test_a_process_with_another_secret_is_told_so(person_in_office: Any, settings: Any) -> None:
    scope = scope_of(person_in_office("community", HERE).assignments.get())
    settings.SECRET_KEY = "another" * 10
    with pytest.raises(Unsealed, match="sizao migrate"):
        enter(scope)


def test_no_statement_leads_from_the_pages_login_to_another_role(login_of_pages: Any) -> None:
    for statement in (
        "SET ROLE postgres",
        "SET ROLE sizao_worker",
        "SET SESSION AUTHORIZATION postgres",
        "CREATE ROLE mine SUPERUSER",
        "GRANT sizao_worker TO sizao_web",
        "ALTER ROLE sizao_web BYPASSRLS",
        "ALTER ROLE postgres PASSWORD 'mine'",
    ):
        with pytest.raises(InsufficientPrivilege):
            login_of_pages.execute(statement)
    login_of_pages.execute("RESET ROLE")
    login_of_pages.execute("RESET SESSION AUTHORIZATION")
    assert login_of_pages.execute("SELECT session_user, current_user").fetchone() == ("sizao_web",) * 2


def test_pages_change_no_structure_and_switch_no_policy_off(as_pages: Any, refused: Any) -> None:
    with as_pages():
        for statement in (
            "ALTER TABLE fact_stays DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE fact_stays NO FORCE ROW LEVEL SECURITY",
            "DROP POLICY sizao_reads ON fact_stays",
            "CREATE TABLE mine (x int)",
            "CREATE TEMPORARY TABLE fact_stays (x int)",
            "CREATE FUNCTION public.sizao_said(x int) RETURNS text LANGUAGE sql AS $$ SELECT 'drill' $$",
            "CREATE OR REPLACE FUNCTION sizao_said(name text) RETURNS text LANGUAGE sql AS $$SELECT 'x'$$",
            "TRUNCATE fact_stays",
            "LOCK TABLE fact_stays IN ACCESS EXCLUSIVE MODE",
            "COPY fact_stays TO PROGRAM 'cat'",
            "SELECT pg_read_file('/etc/passwd')",
            "SELECT * FROM pg_authid",
        ):
            assert refused(statement), statement


def test_facts_audit_and_ledger_are_neither_changed_nor_removed_by_pages(
    neighbour: str, person_in_office: Any, as_scope: Any, moment: datetime, refused: Any
) -> None:
    with as_scope(person_in_office("command", "drill")) as scope:
        assert count("fact_health_checks") == 1, "the row is seen, so that the refusals mean something"
        note(scope, moment, "read", "test", ["neighbour"])
        for table in GUARDS:
            if table.startswith(("fact_", "ledger_", "person_access", "audit_", "identity")):
                column = "area" if table.startswith(("fact_", "audit_entry")) else _first_column(table)
                assert refused(f'UPDATE {table} SET "{column}" = "{column}"'), table
                assert refused(f"DELETE FROM {table}"), table
        for table in ("ledger_obligation", "ledger_standing", "ledger_run", "person_access"):
            assert refused(f"INSERT INTO {table} DEFAULT VALUES"), table
        assert refused("INSERT INTO person_access (person, area) VALUES ('neighbour', 'drill')")


def _first_column(table: str) -> str:
    with connection.cursor() as cursor:
        return connection.introspection.get_table_description(cursor, table)[1].name


def test_pages_have_no_business_in_closed_tables(as_pages: Any, refused: Any) -> None:
    with as_pages():
        for table in CLOSED:
            assert refused(f"SELECT 1 FROM {table}"), table
            assert refused(f"DELETE FROM {table}"), table


def test_pages_put_a_job_there_and_read_none(as_pages: Any) -> None:
    from sizao_web.records.ledger.tasks import touch

    sent = {one.signature for one in streams.STREAM_FUNCTIONS}
    with as_pages():
        assert touch.defer() > 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND has_function_privilege('sizao_web', oid, 'EXECUTE')"
        )
        assert {name for (name,) in cursor.fetchall()} == {
            *FUNCTIONS,
            *MACHINES,
            *OWN,
            *PUBLIC,
            *STORIES,
            *sent,
            DEFER,
        }


def test_a_name_in_the_audit_is_the_own_one(
    person_in_office: Any, as_scope: Any, moment: datetime, refused: Any
) -> None:
    other = person_in_office("community", THERE, name="other")
    with as_scope(person_in_office("community", HERE, name="somebody")):
        said = "INSERT INTO audit_entry (happened_at, account, role, area, purpose, deed, subject, what)"
        values = "(now(), %s, %s, 'drill', 'epidemic_control', 'read', 'x', 'y')"
        assert refused(f"{said} VALUES {values}", "other", "community")
        assert refused(f"{said} VALUES {values}", "somebody", "command")
        other_purpose = values.replace("epidemic_control", "care")
        assert refused(f"{said} VALUES {other_purpose}", "somebody", "community")
        assert not refused(f"{said} VALUES {values}", "somebody", "community")
        assert count("audit_entry") == 1
    with as_scope(other):
        assert count("audit_entry") == 0, "nobody reads what others did, but through who_looked"


@pytest.mark.parametrize("again", [1, 2])
def test_nobody_makes_a_known_person_their_own_by_recording_a_stay(
    again: int, neighbour: str, person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    with as_scope(person_in_office("community", THERE)) as scope:
        for _ in range(again):
            with pytest.raises(NotAllowed):
                record_facts(scope, moment, [stay(neighbour, THERE)])
        assert count("fact_health_checks") == count("person_access") == 0


def test_a_newcomer_belongs_to_who_recorded_them_first_and_to_their_office_only(
    person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    site = person_in_office("site", "drill/county-1", "site-1")
    with as_scope(site) as scope:
        record_facts(scope, moment, [well("newcomer", moment)])
    with as_scope(person_in_office("site", "drill/county-1", "site-2")) as scope, pytest.raises(NotAllowed):
        record_facts(scope, moment, [well("newcomer", moment)])
    with as_scope(site) as scope:
        record_facts(scope, moment, [well("newcomer", moment)])
        assert count("fact_health_checks") == 2, "who recorded first goes on"
    assert set(PersonAccess.objects.values_list("area", "organisation")) == {
        ("drill/county-1", None),
        (None, "site-1"),
    }


def test_somebody_with_facts_but_without_an_area_is_nobodys_to_claim(
    neighbour: str, person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    PersonAccess.objects.all().delete()  # as for a person of a loaded list whose residence nobody knows
    with as_scope(person_in_office("community", THERE)) as scope:
        with pytest.raises(NotAllowed):
            record_facts(scope, moment, [well(neighbour, moment)])
        assert count("fact_health_checks") == 0


def test_two_offices_that_record_one_newcomer_at_once_do_not_both_get_them(
    django_db_blocker: Any, moment: datetime
) -> None:
    """Shown on two connections in `test_two_connections`; here: the claim takes a lock for the person."""
    body = FUNCTIONS["sizao_claim_person(text)"].body
    assert body.index("pg_advisory_xact_lock") < body.index("EXISTS")


def test_a_merge_does_not_open_another_persons_rows(
    neighbour: str, person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    with as_scope(person_in_office("cdc", "drill/county-2")) as scope:
        record_facts(scope, moment, [stay("own", "drill/county-2")])
        for one, other in (("own", neighbour), (neighbour, "own")):
            with pytest.raises(NotAllowed):
                record_facts(
                    scope, moment, [Given("merges", {"person": one, "same_as": other}, str(uuid4()))]
                )


@pytest.mark.parametrize("action", ["replace", "retract"])
def test_nobody_corrects_a_record_that_they_do_not_see(
    action: str, neighbour: str, person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    link = {"record": "own", "source_version": 2, "action": action, "reason": "mistake"}
    with as_scope(person_in_office("community", THERE)) as scope:
        record_facts(scope, moment, [well("own-neighbour", moment)])
        for person in (neighbour, "own-neighbour"):
            with pytest.raises(NotAllowed):
                record_facts(scope, moment, [well(person, moment, **link)])
    with as_scope(person_in_office("community", HERE)) as scope:
        with pytest.raises(NotAllowed):
            record_facts(scope, moment, [well("somebody-new", moment, **link)])  # moved to another person
        record_facts(scope, moment, [well(neighbour, moment, **link)])


def test_what_stands_in_anothers_row_is_not_guessed_by_sending_it_again(
    neighbour: str, person_in_office: Any, as_scope: Any
) -> None:
    row = FACT_MODELS["health_checks"].objects.get()
    asked = ["health_checks", row.key_hi, row.key_lo, bytes(row.body)]
    for area, expected in ((THERE, False), (HERE, True), (STREET, True)):
        with as_scope(person_in_office("community", area)), connection.cursor() as cursor:
            cursor.execute("SELECT sizao_same_record(%s, %s, %s, %s)", asked)
            assert cursor.fetchone() == (expected,), area


def test_a_row_is_recorded_in_the_own_area_and_name(
    person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    with as_scope(person_in_office("community", HERE)) as scope:
        for forged in (replace(scope, area=THERE), replace(scope, account="other")):
            with pytest.raises(NotAllowed):
                record_facts(forged, moment, [well("p", moment)])
        record_facts(scope, moment, [well("p", moment)])


def test_a_place_reports_for_itself_only(person_in_office: Any, as_scope: Any, moment: datetime) -> None:
    def report(place: str) -> Given:
        values = {"place": place, "duty": "daily_report", "reported_at": moment, "for_on": moment.date()}
        return Given(
            "institution_reports", {**values, "present": 9, "absent": 1, "feverish": 0}, str(uuid4())
        )

    with as_scope(person_in_office("institution", HERE, "school-1")) as scope:
        with pytest.raises(NotAllowed):
            record_facts(scope, moment, [report("school-2")])
        record_facts(scope, moment, [report("school-1")])


def test_a_hand_over_is_accepted_by_the_office_to_which_it_was_offered(
    neighbour: str, person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    def accept(office: str) -> Given:
        values = {"hand_over": "h1", "person": neighbour, "accepted_office": office, "accepted_at": moment}
        return Given("hand_over_acceptances", values, str(uuid4()))

    with as_scope(person_in_office("community", HERE, "office-1")) as scope:
        offer = {"hand_over": "h1", "person": neighbour, "from_office": "office-1", "to_office": "office-2"}
        record_facts(scope, moment, [Given("hand_overs", {**offer, "offered_at": moment}, str(uuid4()))])
    with as_scope(person_in_office("community", THERE, "office-3")) as scope:
        for office in ("office-2", "office-3"):
            with pytest.raises(NotAllowed):
                record_facts(scope, moment, [accept(office)])
    with as_scope(person_in_office("community", THERE, "office-2")) as scope:
        record_facts(scope, moment, [accept("office-2")])


def test_an_account_changes_itself_and_an_administrator_those_of_the_own_area(
    person_in_office: Any, refused: Any
) -> None:
    own, other = person_in_office("community", HERE), person_in_office("command", "drill/county-1")
    chief = person_in_office("administrator", "drill/county-1")
    assign = (
        "INSERT INTO account_assignment (account_id, role, area, from_at) VALUES (%s, 'command', %s, now())"
    )
    with transaction.atomic():
        enter(scope_of(own.assignments.get()))
        assert not refused("UPDATE account SET language = 'en' WHERE id = %s", own.pk)
        assert refused("UPDATE account SET password = 'mine' WHERE id = %s", other.pk)
        assert refused("UPDATE account SET username = 'root' WHERE id = %s", own.pk)
        assert refused("UPDATE account SET persona = true WHERE id = %s", own.pk)
        assert refused(assign, own.pk, HERE)
        assert refused("UPDATE account_assignment SET until_at = NULL")
        assert refused("UPDATE account_assignment SET area = 'drill'")
    with transaction.atomic():
        enter(scope_of(chief.assignments.get()))
        assert not refused(assign, own.pk, HERE)
        assert refused(assign, own.pk, "drill/county-2")
        assert refused(assign, chief.pk, HERE)
        assert count("fact_health_checks") == 0
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def test_pages_see_the_session_whose_key_they_were_given_and_no_other(as_pages: Any) -> None:
    from sizao_web.accounts.sessions import SessionStore

    def began(who: str) -> SessionStore:
        session = SessionStore()
        session["who"] = who
        session.create()
        return session

    with as_pages():
        one, other = began("one"), began("other")
        assert SessionStore(one.session_key)["who"] == "one"
        assert count("django_session") == 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT session_key FROM django_session")
            assert cursor.fetchall() != [(one.session_key,)], "the key itself is not there"
        SessionStore(other.session_key).delete()
        assert SessionStore(other.session_key).get("who") is None
        assert SessionStore(one.session_key)["who"] == "one"


def test_a_place_corrects_the_report_of_its_day_where_it_was_recorded_and_nowhere_else(
    person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    """Its department had recorded it for the county: the correction stays there and moves nowhere else."""
    said = {"place": "school-1", "duty": "daily_report", "reported_at": moment, "for_on": moment.date()}
    record = Given("institution_reports", {**said, "present": 9, "absent": 1, "feverish": 0}, "of-today")
    link = replace(record, source_version=2, action="replace", reason="two were away")
    county = "drill/county-1"
    fact_row("places", "school-1", Spot(HERE, "p", "school-1")).save(force_insert=True)
    with as_scope(person_in_office("education", county, "office/education")) as scope:
        record_facts(scope, moment, [record])
    with as_scope(person_in_office("institution", HERE, "school-1")) as scope:
        moved = [replace(link, area=area) for area in (THERE, "drill")]
        for one in (*moved, replace(record, source_record="another", area=county)):
            with pytest.raises(NotAllowed):
                record_facts(scope, moment, [one])
    with as_scope(person_in_office("institution", HERE, "school-2")) as scope, pytest.raises(NotAllowed):
        record_facts(scope, moment, [replace(link, area=county)])
    with as_scope(person_in_office("institution", HERE, "school-1", name="colleague")) as scope:
        record_facts(scope, moment, [replace(link, area=county)])
