"""What the installation notices about itself, with the clock moved: raised in time, ended by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from shell.ledger.recorded import link, record
from sizao_web.records.actions.see_alarm import see_alarm
from sizao_web.records.actions.set_switch import end_switch, set_switch
from sizao_web.records.chain.chaining import chain
from sizao_web.records.models import Alarm, AuditLink, Heard, Partner, PartnerKey, Switch
from sizao_web.records.reading.alarms import silent_since
from sizao_web.records.watch import looking
from sizao_web.records.watch.kinds import KINDS, sentence
from sizao_web.records.watch.limits import sources
from sizao_web.records.watch.switches import SWITCHES, value_of
from sizao_web.records.watch.watching import watch
from sizao_web.records.writing import NotAllowed, Refused

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _installation(tmp_path: Path, settings: Any, db: None) -> None:
    settings.SIZAO = replace(
        django_settings.SIZAO, data=tmp_path, witness=tmp_path / "witness", endings=(), certificates=()
    )


def standing() -> list[tuple[str, str]]:
    rows = Alarm.objects.filter(ended_at__isnull=True).order_by("kind", "about")
    return list(rows.values_list("kind", "about"))


# -- a partner that falls silent -------------------------------------------------------------------


def deliver(source: str, moment: datetime) -> None:
    """One result of a laboratory, as it arrives."""
    own = {"sample": "s1", "result": "negative", "laboratory": "laboratory/1", "resulted_at": moment}
    row = link("results", moment, f"{source}-{moment}", **own)
    record({"results": [{**row, "source_system": source}]})


@pytest.fixture
def regular(moment: datetime) -> datetime:
    """A laboratory that delivers every four hours, heard five times; answers the last time."""
    watch(moment - 21 * HOUR)
    for number in range(5):
        at = moment - (16 - 4 * number) * HOUR
        deliver("laboratory-1", at)
        watch(at + timedelta(seconds=30))
    return moment


def test_a_mute_partner_is_an_alarm_within_twice_its_usual_interval(regular: datetime) -> None:
    watch(regular + 8 * HOUR)
    assert standing() == [], "twice its interval has not passed"
    watch(regular + 8 * HOUR + timedelta(minutes=1))
    assert standing() == [("silence", "laboratory-1")]
    (alarm,) = Alarm.objects.all()
    assert sentence(alarm.kind, alarm.about, alarm.values).en == (
        "laboratory-1 has sent nothing for 8.0 h; it usually does every 4.0 h."
    )


def test_who_sends_each_minute_is_not_said_to_send_every_nought_hours(moment: datetime) -> None:
    start = moment - HOUR
    for number in range(5):
        at = start + timedelta(minutes=2 * number)
        deliver("laboratory-1", at)
        watch(at + timedelta(seconds=1))
    watch(start + timedelta(minutes=14))
    (alarm,) = Alarm.objects.filter(kind="silence")
    assert sentence(alarm.kind, alarm.about, alarm.values).en == (
        "laboratory-1 has sent nothing for 0.10 h; it usually does every 0.03 h."
    )


def test_it_ends_by_itself_when_the_partner_is_heard_again(regular: datetime) -> None:
    watch(regular + 9 * HOUR)
    deliver("laboratory-1", regular + 10 * HOUR)
    assert watch(regular + 10 * HOUR + timedelta(minutes=1)) == (0, 1)
    assert standing() == []


def test_of_a_source_heard_once_nobody_knows_what_is_usual(moment: datetime) -> None:
    watch(moment)
    deliver("laboratory-2", moment)
    watch(moment + timedelta(minutes=1))
    watch(moment + 300 * DAY)
    assert [kind for kind, _ in standing()] == []


def test_rows_of_one_delivery_are_no_interval(moment: datetime) -> None:
    watch(moment)
    for second in range(6):
        deliver("laboratory-3", moment + timedelta(seconds=second))
        watch(moment + timedelta(seconds=second))
    assert Heard.objects.get(source="laboratory-3").gaps == []


def test_an_interval_set_for_a_holiday_counts_until_its_end(
    regular: datetime, person_in_office: Any, as_scope: Any
) -> None:
    with as_scope(person_in_office("command", "drill", "office/1")) as scope:
        set_switch(
            scope, regular, "interval", "laboratory-1", "48", reason="holiday", until=regular + 3 * DAY
        )
    watch(regular + 2 * DAY)
    assert standing() == []
    watch(regular + 3 * DAY + timedelta(minutes=1))
    assert ("silence", "laboratory-1") in standing(), "the holiday is over, and it is still silent"


# -- keys, certificates, secrets -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (31, []),
        (29, ["30"]),
        (7, ["30", "7"]),
        (1, ["1", "30", "7"]),
        (0, ["1", "30", "7"]),
        (-3, ["1", "30", "7"]),
    ],
)
def test_what_ends_is_an_alarm_thirty_days_seven_days_and_one_day_before(
    left: int, expected: list[str], moment: datetime, settings: Any
) -> None:
    ends = date(2020, 11, 10) + timedelta(days=left)
    settings.SIZAO = replace(settings.SIZAO, endings=(("signing key", ends),))
    watch(moment)
    assert standing() == [("ending", f"signing key/{days}") for days in expected]


def test_a_key_that_nobody_exchanges_raises_three_alarms_as_time_goes_by(
    moment: datetime, settings: Any
) -> None:
    settings.SIZAO = replace(settings.SIZAO, endings=(("lab key", date(2020, 12, 10)),))
    raised = [watch(moment + (30 - left) * DAY)[0] for left in (29, 7, 0)]
    assert raised == [1, 1, 1]
    settings.SIZAO = replace(settings.SIZAO, endings=(("lab key", date(2021, 12, 10)),))
    assert watch(moment + 31 * DAY) == (0, 3), "exchanged, all three end"


def test_a_certificate_says_its_end_itself_and_one_that_cannot_be_read_is_an_alarm(
    moment: datetime, settings: Any, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.pem", tmp_path / "bad.pem"
    good.write_bytes(certificate(moment, moment + 6 * DAY))
    bad.write_text("no certificate")
    settings.SIZAO = replace(settings.SIZAO, certificates=(good, bad))
    watch(moment)
    assert standing() == [
        ("ending", "bad.pem (?)/1"),
        ("ending", "bad.pem (?)/30"),
        ("ending", "bad.pem (?)/7"),
        ("ending", "good.pem/30"),
        ("ending", "good.pem/7"),
    ]


def certificate(begins: datetime, ends: datetime) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding

    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "pages")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begins, ends)
    return builder.sign(key, None).public_bytes(Encoding.PEM)


# -- switches --------------------------------------------------------------------------------------


@pytest.fixture
def chief(person_in_office: Any, as_scope: Any) -> Iterator[Any]:
    with as_scope(person_in_office("command", "drill", "office/1", "chief")) as scope:
        yield scope


def test_a_forgotten_switch_reverts_and_says_so(moment: datetime, chief: Any) -> None:
    set_switch(chief, moment, "exports_off", "", "", reason="a leak is looked into", until=moment + HOUR)
    assert value_of("exports_off", moment + HOUR - timedelta(seconds=1)) == "on"
    assert value_of("exports_off", moment + HOUR) is None, "at its end, whether anybody looks or not"
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    watch(moment + HOUR)
    ((kind, _),) = standing()
    assert kind == "switch_reverted"
    assert watch(moment + 2 * HOUR) == (0, 0), "said once"
    assert "chief" in sentence(*Alarm.objects.values_list("kind", "about", "values").get()).en
    see_alarm(chief, moment, Alarm.objects.get())
    watch(moment + 2 * HOUR)
    assert standing() == [], "it ends when somebody has seen it"


def test_a_switch_that_somebody_ended_says_nothing_more(moment: datetime, chief: Any) -> None:
    made = set_switch(chief, moment, "exports_off", "", "", reason="a leak", until=moment + HOUR)
    end_switch(chief, moment + timedelta(minutes=5), made, reason="no leak")
    assert value_of("exports_off", moment + timedelta(minutes=6)) is None
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    watch(moment + 2 * HOUR)
    assert standing() == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": "invented"}, "no such switch"),
        ({"reason": " "}, "Say why"),
        ({"until": None}, "until when"),
        ({"until": timedelta(days=32)}, "until when"),
        ({"until": -HOUR}, "until when"),
        ({"name": "interval", "value": "48"}, "which source"),
        ({"name": "interval", "about": "laboratory-1", "value": "soon"}, "number of hours"),
    ],
)
def test_no_switch_without_reason_end_and_sense(
    changed: dict[str, Any], words: str, moment: datetime, chief: Any
) -> None:
    asked = {"name": "exports_off", "about": "", "value": "", "reason": "why", "until": HOUR, **changed}
    until = moment + asked.pop("until") if asked["until"] is not None else asked.pop("until")
    with pytest.raises(Refused, match=words):
        set_switch(
            chief, moment, asked.pop("name"), asked.pop("about"), asked.pop("value"), until=until, **asked
        )
    assert not Switch.objects.exists()


def test_only_command_and_administrators_change_settings(
    moment: datetime, person_in_office: Any, as_scope: Any
) -> None:
    with as_scope(person_in_office("supervision", "drill")) as scope, pytest.raises(NotAllowed):
        set_switch(scope, moment, "exports_off", "", "", reason="x", until=moment + HOUR)


def test_files_are_stopped_while_the_switch_holds(
    moment: datetime, person_in_office: Any, as_scope: Any, browser: Any, obligation: Any
) -> None:
    obligation(about="p1")
    worker = browser(person_in_office("community", "drill/county-1/street/community-1", "office/2"))
    file = worker.get("/lists/obligations/overdue/?as=csv")
    assert file.getvalue()
    assert file.headers["Content-Type"].startswith("text/csv")
    with as_scope(person_in_office("command", "drill", "office/1")) as scope:
        set_switch(scope, moment, "exports_off", "", "", reason="a leak", until=moment + HOUR)
    answer = worker.get("/lists/obligations/overdue/?as=csv")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/lists/obligations/overdue/?")


def test_the_last_key_of_a_partner_is_an_alarm_before_it_ends_and_an_exchanged_one_is_not(
    moment: datetime, person_in_office: Any
) -> None:
    partner = Partner.objects.create(
        name="lab-1", assignment=person_in_office("laboratory", "drill", "lab").assignments.get(),
        account="lab-1", area="drill", per_minute=1, per_day=1, made_at=moment, made_by="keeper",
    )  # fmt: skip

    def key(public: str, days: int) -> PartnerKey:
        return PartnerKey.objects.create(
            partner=partner, public=public, digest=b"x", facts=["results"], area="drill", made_at=moment,
            made_by="keeper", not_before=moment, not_after=moment + days * DAY,
        )  # fmt: skip

    key("old", 5)
    with connection.cursor() as cursor:  # as the jobs see it
        cursor.execute("SET ROLE sizao_worker")
        watch(moment)
        cursor.execute("RESET ROLE")
    assert standing() == [("ending", "lab-1 (key)/30"), ("ending", "lab-1 (key)/7")]
    new = key("new", 80)
    watch(moment)
    assert standing() == []
    PartnerKey.objects.filter(pk=new.pk).update(revoked_at=moment)
    watch(moment)
    assert len(standing()) == 2
    Partner.objects.update(ended_at=moment)
    watch(moment)
    assert standing() == []


# -- the rest --------------------------------------------------------------------------------------


def test_a_broken_chain_is_an_alarm_at_the_next_look(moment: datetime) -> None:
    with connection.cursor() as cursor:
        for _ in range(3):
            cursor.execute(
                "INSERT INTO audit_entry (happened_at, account, role, area, purpose, deed, subject, what)"
                " VALUES (now(), 'a', 'cdc', 'drill', 'epidemic_control', 'read', 'x', 'y')"
            )
        chain(moment)
        watch(moment)
        assert standing() == []
        cursor.execute(
            "UPDATE audit_entry SET what = 'z' WHERE id = %s", [AuditLink.objects.get(place=2).entry]
        )
    watch(moment + timedelta(minutes=1))
    assert standing() == [("chain", "chain")]
    assert Alarm.objects.get().values == {"place": 2}


def test_the_whole_chain_is_read_again_a_part_at_a_time(moment: datetime) -> None:
    from sizao_web.records.chain.glancing import first_broken

    with connection.cursor() as cursor:
        for _ in range(30):
            cursor.execute(
                "INSERT INTO audit_entry (happened_at, account, role, area, purpose, deed, subject, what)"
                " VALUES (now(), 'a', 'cdc', 'drill', 'epidemic_control', 'read', 'x', 'y')"
            )
        chain(moment)
        cursor.execute(
            "UPDATE audit_entry SET what = 'z' WHERE id = %s", [AuditLink.objects.get(place=9).entry]
        )
    checked, found = 0, []
    for _ in range(5):
        place, checked = first_broken(checked, a_look=5)
        found.append(place)
    assert found == [None, 9, None, None, None]
    assert checked == 0, "and begins again"


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [("disk", "disk"), ("backup", "backup"), ("job", "job"), ("late", "worker"), ("witness", "witness")],
)
def test_each_other_trouble_is_an_alarm_while_it_lasts(
    spoil: str, kind: str, moment: datetime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from sizao_web.records.reading.condition import Ledger

    assert watch(moment) == (0, 0)
    well = Ledger(1.0, None, 0, 0, 0)
    match spoil:
        case "disk":
            full = type("Usage", (), {"free": 2**30})
            monkeypatch.setattr(looking.shutil, "disk_usage", lambda _: full)
        case "backup":
            made = (moment - 3 * DAY).isoformat()
            (tmp_path / looking.LAST_BACKUP).write_text(f'{{"made_at": "{made}"}}')
        case "job":
            monkeypatch.setattr(looking.condition, "ledger", lambda _: replace(well, failed=1))
        case "late":
            monkeypatch.setattr(looking.condition, "ledger", lambda _: replace(well, oldest_job=121.0))
    watch(moment, "no space left" if spoil == "witness" else "")
    assert [one for one, _ in standing()] == [kind]
    monkeypatch.undo()
    (tmp_path / looking.LAST_BACKUP).unlink(missing_ok=True)
    watch(moment + timedelta(minutes=1))
    assert standing() == []


def test_a_watch_that_is_silent_is_said_where_alarms_are_shown(moment: datetime) -> None:
    watch(moment)
    assert silent_since(moment + timedelta(minutes=3)) is None
    assert silent_since(moment + timedelta(minutes=4)) == moment


def test_whoever_takes_care_of_an_alarm_is_named_once(
    moment: datetime, settings: Any, person_in_office: Any, browser: Any
) -> None:
    settings.SIZAO = replace(settings.SIZAO, endings=(("lab key", date(2020, 11, 11)),))
    watch(moment)
    chief = browser(person_in_office("command", "drill", "office/1"))
    number = Alarm.objects.order_by("pk").values_list("pk", flat=True)[0]
    page = chief.get("/watch/alarms/").content.decode()
    assert "即将到期" in page
    assert "由我处理" in page
    assert chief.post("/watch/alarms/", {"alarm": number, "remark": "called"}).status_code == 302
    assert "called" in chief.get("/watch/alarms/").content.decode()
    assert chief.post("/watch/alarms/", {"alarm": number}).status_code == 422
    assert chief.post("/watch/alarms/", {"alarm": "x"}).status_code == 404


def test_every_kind_and_switch_says_itself_in_both_languages_and_every_limit_its_source() -> None:
    for kind in KINDS.values():
        for words in (kind.label, kind.says, kind.todo):
            assert words.zh != words.en
    for setting in SWITCHES.values():
        assert setting.meaning.zh != setting.meaning.en
    for one in sources().values():
        assert one["source"]
        assert one["mark"] in "DM"
