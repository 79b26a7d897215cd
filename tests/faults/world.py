"""The invented district alone, in an installation of its own: people to visit, duties, adopted texts.

python -m faults.world        in the environment of the installation, as the owner of its tables
"""

from __future__ import annotations

import json
import os

import django
from django.conf import settings


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
    runs.touched(now())
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT person FROM person_access
               WHERE area LIKE 'drill/harbour/quay/lantern%' ORDER BY person"""
        )
        print(json.dumps([person for (person,) in cursor.fetchall()]))


if __name__ == "__main__":
    main()
