"""The invented district alone, in an installation of its own: people to visit, duties, adopted texts.

python -m faults.world        in the environment of the installation, as the owner of its tables
"""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta

import django
from django.conf import settings

PARTNER = "community-system"
KEY_FILE = "partner.key"


def main() -> None:
    """Make it, and print whose temperature the community worker may record."""
    from sizao_web.settings import embedded
    from sizao_web.settings.configuration import configuration

    embedded.start(configuration(os.environ).cluster)
    django.setup()
    from django.db import connection, transaction

    from sizao_web.demo.building import CITY, _adoptions
    from sizao_web.demo.city_files import CORRECTIONS, city
    from sizao_web.demo.personas import make_personas
    from sizao_web.records.actions.take_in_sheet import take_in_rows
    from sizao_web.records.ledger import runs
    from sizao_web.settings.clock import now

    make_personas()
    moment = now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE sizao_worker")
        files = [one for one in city(settings.SIZAO.zone, moment) if one.name != CORRECTIONS]
        for one in [*files, _adoptions(moment)]:
            take_in_rows(CITY, moment, one.name, one.tables)
    _partner(moment)
    runs.touched(now())
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT person FROM person_access
               WHERE area LIKE 'drill/harbour/quay/lantern%' ORDER BY person"""
        )
        print(json.dumps([person for (person,) in cursor.fetchall()]))


def _partner(moment: datetime) -> None:
    """A partner of the community's area, whose key lies in the data folder for our clients."""
    from django.db import transaction

    from sizao.terms.words import Words
    from sizao_web.accounts.registering import Duty
    from sizao_web.records.access.scope import Scope, enter
    from sizao_web.records.actions import administer_partners

    keeper = Scope("keeper", "administrator", "drill", None, "public_administration")
    duty = Duty("community", "drill/harbour/quay/lantern", None, moment - timedelta(days=1))
    with transaction.atomic():
        enter(keeper)
        partner = administer_partners.add(
            keeper,
            moment,
            PARTNER,
            label=Words("社区系统（虚构）", "community system (invented)"),
            duty=duty,
            per_minute=1_000_000,
            per_day=100_000_000,
        )
        issued = administer_partners.issue(keeper, moment, partner, ["health_checks"])
    (settings.SIZAO.data / KEY_FILE).write_text(issued.text, encoding="ascii")


if __name__ == "__main__":
    main()
