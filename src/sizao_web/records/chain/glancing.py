"""A look at a part of the chain every minute, so that the whole is read again and again while work goes
on."""

from __future__ import annotations

from django.db import connection

from sizao_web.records.chain.hashing import COLUMNS, NOTHING, leaf, link

A_LOOK = 5_000
"""Places read again in one look, beside as many of the newest."""


def first_broken(checked: int, a_look: int = A_LOOK) -> tuple[int | None, int]:
    """The first place that does not fit, among the newest and those after `checked`; and up to where was
    read.

    Behind the last place it begins again at the first.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(place), 0) FROM audit_link")
        (last,) = cursor.fetchone()
    newest = max(last - a_look, 0)
    until = min(checked + a_look, last)
    broken = [place for place in (_broken(checked, until), _broken(newest, last)) if place is not None]
    return min(broken, default=None), 0 if until >= newest else until


def _broken(after: int, until: int) -> int | None:
    if until <= after:
        return None
    named = ", ".join(f"e.{name}" for name in COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash FROM audit_link WHERE place = %s", [after])
        row = cursor.fetchone()
        if row is None and after:
            return after
        before = bytes(row[0]) if row else NOTHING
        cursor.execute(
            f"SELECT l.place, l.hash, {named} FROM audit_link AS l LEFT JOIN audit_entry AS e ON e.id = "
            "l.entry"
            " WHERE l.place > %s AND l.place <= %s ORDER BY l.place",
            [after, until],
        )
        expected = after
        for place, stored, *entry in cursor.fetchall():
            expected += 1
            stored = bytes(stored)
            if place != expected or entry[0] is None or link(before, leaf(entry)) != stored:
                return expected
            before = stored
    return None
