"""Names are apart from facts, sealed, found by their parts, and every reading of one leaves a trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from sizao_web.records import sealing
from sizao_web.records.actions.record_identity import record_identity
from sizao_web.records.audit import who_looked
from sizao_web.records.models import AuditEntry, Identity, NameToken
from sizao_web.records.reading.identities import Found, identity_of, names_of, search
from sizao_web.records.tokens import parts_of, sought_in
from sizao_web.records.writing import NotAllowed, Refused
from sizao_web.settings.configuration import new_secret

HERE, THERE = "drill/county-1/street/community-1", "drill/county-1/street/community-2"


@pytest.fixture
def neighbour(person_in_office: Any, as_scope: Any, moment: datetime) -> str:
    """Somebody of this community, known by name."""
    with as_scope(person_in_office("community", HERE, name="recorder")) as scope:
        record_identity(
            scope,
            moment,
            "neighbour",
            name="欧阳小燕",
            document="11010119800101002x",
            telephone="+86 138-0013-8000",
        )
    return "neighbour"


@pytest.mark.parametrize(
    "typed",
    [
        "欧阳小燕",
        "欧阳",
        "欧阳小",
        "欧阳 小燕",
        "11010119800101002X",
        "110101 19800101 002x",
        "002x",
        "13800138000",
    ],
)
def test_somebody_is_found_by_each_part_of_what_they_are_known_by(
    typed: str, neighbour: str, person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    with as_scope(person_in_office("street", "drill/county-1/street")) as scope:
        assert search(scope, moment, typed) == Found({neighbour: "欧阳小燕"}, False)


@pytest.mark.parametrize(
    "typed", ["欧", "小燕", "欧阳小红", "", "   ", "1380013", "0013", "%", "' OR 1=1 --"]
)
def test_nobody_is_found_by_less(
    typed: str, neighbour: str, person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    with as_scope(person_in_office("street", "drill/county-1/street")) as scope:
        assert search(scope, moment, typed) == Found({}, False)


def test_a_name_in_letters_is_found_by_any_of_its_words_with_or_without_accents() -> None:
    parts = set(parts_of("José Anne-Marie GARCÍA", None, None))
    for typed in ("garcia", "García josé", "ANNE", "marie jose"):
        wanted = sought_in(typed)
        assert wanted, typed
        assert all(any(one in parts for one in word) for word in wanted), typed
    assert not any(one in parts for one in sought_in("garc")[0]), "a word is found whole only"


def test_neighbouring_communities_do_not_find_each_others_people(
    neighbour: str, person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    with as_scope(person_in_office("community", THERE)) as scope:
        assert search(scope, moment, "欧阳小燕").names == {}
        assert names_of(scope, moment, [neighbour], "worklist") == {}
        assert identity_of(scope, moment, neighbour, "person") is None
        assert Identity.objects.count() == NameToken.objects.count() == 0, "nor without the filter"
        assert who_looked(scope, neighbour) == []
        with pytest.raises(NotAllowed):
            record_identity(scope, moment, neighbour, name="他人")


def test_a_duty_without_names_reads_none(
    neighbour: str, person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    with as_scope(person_in_office("supervision", "drill")) as scope:
        assert names_of(scope, moment, [neighbour], "worklist") == {}
        assert search(scope, moment, "欧阳小燕").names == {}
        assert search(scope, moment, neighbour).names == {neighbour: ""}, "by number, for it sees the rows"
        assert Identity.objects.count() == 0
        with pytest.raises(NotAllowed):
            record_identity(scope, moment, neighbour, name="甲乙")


def test_each_name_that_is_read_leaves_one_trace_that_the_persons_own_office_can_see(
    neighbour: str, person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    with as_scope(person_in_office("street", "drill/county-1/street", name="reader")) as scope:
        names_of(scope, moment, [neighbour, neighbour, "stranger"], "worklist")
        identity_of(scope, moment, neighbour, "person")
        seen = who_looked(scope, neighbour)
    assert [(look.account, look.deed, look.what) for look in seen] == [
        ("reader", "read", "person"),
        ("reader", "read", "worklist"),
        ("recorder", "record", "identity"),
    ]
    assert AuditEntry.objects.filter(deed="read").count() == 2, "a person without a name was not read"


def test_nothing_readable_lies_in_the_tables(neighbour: str) -> None:
    with connection.cursor() as cursor:
        for table in ("identity", "identity_token", "audit_entry"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} AS t")
            kept = cursor.fetchone()[0]
            for marker in ("欧阳", "11010119800101002", "13800138"):
                assert marker.encode().hex() not in kept
                assert marker not in kept.replace(neighbour, "")


def test_the_same_again_adds_nothing_and_a_new_name_finds_beside_the_old_one(
    neighbour: str, person_in_office: Any, as_scope: Any, moment: datetime
) -> None:
    with as_scope(person_in_office("community", HERE)) as scope:
        assert record_identity(scope, moment, neighbour, name="欧阳小雁")
        assert not record_identity(scope, moment, neighbour, name=" 欧阳小雁 ")
        assert search(scope, moment, "欧阳小燕").names == {neighbour: "欧阳小雁"}
        assert Identity.objects.count() == 2


def test_what_is_missing_or_too_long_is_said(person_in_office: Any, as_scope: Any, moment: datetime) -> None:
    with as_scope(person_in_office("community", HERE)) as scope, pytest.raises(Refused) as refused:
        record_identity(scope, moment, "newcomer", name=" ", telephone="1" * 41)
    assert len(refused.value.problems) == 2


def test_a_sealed_name_opens_for_its_own_person_and_with_its_own_key_only(monkeypatch: Any) -> None:
    kept = sealing.seal("one", "name", "张三")
    assert sealing.unseal("one", "name", kept) == "张三"
    for person, field in (("other", "name"), ("one", "address")):
        with pytest.raises(sealing.Unreadable):
            sealing.unseal(person, field, kept)
    old = settings.SIZAO.identity_key
    monkeypatch.setattr(settings, "SIZAO", replace(settings.SIZAO, identity_key=f"{new_secret()},{old}"))
    assert sealing.unseal("one", "name", kept) == "张三", "the old key stands behind the new one"
    monkeypatch.setattr(settings, "SIZAO", replace(settings.SIZAO, identity_key=new_secret()))
    with pytest.raises(sealing.Unreadable):
        sealing.unseal("one", "name", kept)
