"""`sizao partner`: what is mistyped is told before a key goes out, and a partner without a key is listed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connection, transaction

from sizao.cli.screen import Wrong
from sizao_web.command import partners


@pytest.fixture
def context(db: None, monkeypatch: pytest.MonkeyPatch) -> Mock:
    """What a command is given; it works on the database of the test."""

    @contextmanager
    def keeping() -> Iterator[None]:
        with transaction.atomic():
            yield
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")

    monkeypatch.setattr(partners, "_keeping", keeping)
    return Mock(obj=Mock(language="en", say=lambda zh, en: en))


def add(context: Mock, name: str, **said: Any) -> None:
    """A laboratory, unless it is said otherwise."""
    duty = {"area": "drill/county-1", "role": "laboratory", "organisation": "laboratory/1", **said}
    partners.add(context, name, zh="", en="", per_minute=600, per_day=1_000, lang=None, **duty)


def test_a_place_or_area_that_is_not_on_record_is_told(context: Mock) -> None:
    add(context, "lab-1", area="drill/county-no", organisation="laboratory/no")
    said = " ".join(told.args[0] for told in context.obj.note.call_args_list)
    assert "Partner lab-1 is made." in said, "places may come later than who works there"
    assert "no area drill/county-no is on record" in said
    assert "no office or place laboratory/no is on record" in said


def test_a_duty_that_there_is_not_is_refused_with_the_nearest(context: Mock) -> None:
    with pytest.raises(Wrong, match="Did you mean laboratory"):
        add(context, "lab-1", role="laboratry")


def test_a_partner_without_a_key_is_listed(context: Mock) -> None:
    add(context, "lab-1")
    partners.list_(context, as_json=True, lang=None)
    ((row,),) = context.obj.json.call_args.args
    assert (row["partner"], row["key"], row["holds"]) == ("lab-1", None, False)
