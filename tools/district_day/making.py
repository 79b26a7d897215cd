"""Make the installation of a district: its background, accounts, partners with their keys, texts in force.

`python -m tools.district_day.making FOLDER`, in the environment of the installation and with its clock: in a
process of its own, as Django is set up once. The keys are left in `keys.json`: this folder is thrown away.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tools.district_day import givers
from tools.district_day.district import District
from tools.district_day.laying import SOURCE, residents, rows_of, standing, table_of
from tools.district_day.plan import Plan
from tools.district_day.stories import planned

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
PER_MINUTE, PER_DAY = 20_000, 1_000_000


def main() -> None:
    """All of it; prints what took how long."""
    from sizao_web.command.database import note_migrated
    from sizao_web.command.installation import database_running, django_ready, installation

    folder = Path(sys.argv[1])
    plan = planned(District.from_environment())
    found = installation("owner")
    with database_running(found):
        django_ready()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0, interactive=False)
        note_migrated(found)
        _timed("background", lambda: _background(plan))
        _timed("residents", lambda: _residents(plan.district))
        keys = _timed("keys", lambda: _partners(plan))
        _timed("accounts", lambda: _accounts(plan.district))
        _timed("ledger", _ledger)
        connection.close()
    (folder / "keys.json").write_text(json.dumps(keys), encoding="utf-8")
    plan.write(folder / "plan.json")


def _timed(what: str, work: Any) -> Any:
    began = time.perf_counter()
    done = work()
    print(f"  {what}: {time.perf_counter() - began:.1f} s", flush=True)
    return done


def _background(plan: Plan) -> None:
    before = [one for one in plan.told if one.phase == 0]
    for fact, rows in rows_of(before, lambda one: one.moment).items():
        _take_in(fact, rows)
    _take_in("adoptions", _adoptions())


def _residents(district: District) -> None:
    """By COPY into the tables: nothing else is said of most of them, and they are many."""
    from django.db import connection, transaction

    from sizao_web.records.ledger.staging import copy_in

    with transaction.atomic(), connection.cursor() as cursor:
        for piece in residents(district):
            for fact, rows in piece.items():
                copy_in(cursor, f"fact_{fact}", standing(fact, rows))


def _take_in(fact: str, rows: list[dict[str, Any]]) -> None:
    """Through the action by which sheets of history come in, as the worker."""
    from django.db import connection, transaction

    from sizao_web.records.access.scope import Scope
    from sizao_web.records.actions.take_in_sheet import take_in_rows
    from sizao_web.settings.clock import now

    scope = Scope(SOURCE, "command", "drill", "office/command", "epidemic_control")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE sizao_worker")
        (stored,) = take_in_rows(scope, now(), f"background {fact}", {fact: table_of(fact, rows)}).values()
    if stored.refused:
        raise SystemExit(f"{fact}: {len(stored.refused)} rows of the background were refused.")


def _adoptions() -> list[dict[str, Any]]:
    """Every text of the pack, decided and approved by two invented officials long ago."""
    from sizao_web.records.ledger.texts import pack

    policy, decided = pack(), datetime(2020, 1, 10)
    return [
        {
            "pack": policy.pack,
            "rule": version.rule,
            "version": version.digest,
            "adopted_by": "official-a-invented",
            "approved_by": "official-b-invented",
            "happened_at": decided,
            "known_at": decided,
            "recorded_at": decided,
            "source_record": f"{version.rule}/{version.digest}",
            "area": "drill",
        }
        for version in policy.versions()
    ]


def _partners(plan: Plan) -> dict[str, str]:
    """A partner and a key for each that tells something in the day."""
    from django.db import transaction

    from sizao.terms.words import Words
    from sizao_web.accounts.registering import Duty
    from sizao_web.records.access.scope import Scope, enter
    from sizao_web.records.actions import administer_partners as deed
    from sizao_web.settings.clock import now

    keeper = Scope("administrator", "administrator", "drill", None, "public_administration")
    keys = {}
    with transaction.atomic():
        enter(keeper)
        for name, facts in givers.facts_of(plan).items():
            one = givers.partner(plan.district, name)
            duty = Duty(one.role, one.area, one.organisation, SINCE)
            label = Words(f"{name}（虚构）", f"{name} (invented)")
            limits = {"per_minute": PER_MINUTE, "per_day": PER_DAY}
            made = deed.add(keeper, now(), name, label=label, duty=duty, **limits)
            begins = now() - timedelta(hours=1)
            keys[name] = deed.issue(keeper, now(), made, facts, not_before=begins).text
    return keys


def _accounts(district: District) -> None:
    from sizao_web.accounts.models import Account, Assignment

    for one in givers.people(district).values():
        named = {"name_zh": f"{one.name}（虚构）", "name_en": f"{one.name} (invented)"}
        account = Account.objects.create_user(one.name, None, persona=True, **named)
        where = {"area": one.area, "organisation": one.organisation}
        Assignment.objects.create(account=account, role=one.role, from_at=SINCE, **where)


def _ledger() -> None:
    from django.db import connection

    from sizao_web.records.ledger import runs
    from sizao_web.settings.clock import now

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    runs.touched(now())
    runs.forget()


if __name__ == "__main__":
    main()
