"""Seen at: who passed the door of a place, and how warm they were. Streams: many a day, kept for days.

A row of a stream is one event and is never corrected: what was wrong is gone with its day. Its natural key
counts within its event day: the same record of the same day again is the same row.

How long: 14 days, settable between 7 and 21 by how long an incubation lasts, never longer. That is a demand
of this project on itself (mark M), after what services of this kind kept elsewhere: 14 days (DP-3T, and
Exposure Notification), 21 days (the venue history of NHS COVID-19), up to 60 days (New Zealand).
"""

from __future__ import annotations

from sizao.facts.columns import identifier, instant, number
from sizao.facts.declaration import Fact
from sizao.terms.words import Words

KEPT_DAYS = 14
KEPT_BETWEEN = (7, 21)
_PLACE = identifier("place", "place", "场所", "the place")

CHECK_INS = Fact(
    name="check_ins",
    meaning=Words("扫码登记：某人进入某场所", "Check-ins: a person entered a place"),
    columns=(
        identifier("person", "person", "进入者", "who entered"),
        _PLACE,
        instant("checked_in_at", "扫码时间", "moment of the scan"),
    ),
    event="checked_in_at",
    subjects=("person", "place"),
    orders=("D1-46",),
    given_by=("health_commission", "port_health", "market_regulation"),
    retention_days=KEPT_DAYS,
    retention_between=KEPT_BETWEEN,
    stream=True,
)

TEMPERATURES = Fact(
    name="temperatures",
    meaning=Words("测温记录：某人在某场所测得的体温", "Temperatures: of a person, measured at a place"),
    columns=(
        identifier("person", "person", "被测者", "whose it is"),
        _PLACE,
        instant("measured_at", "测温时间", "moment it was measured"),
        number("celsius", "体温", "temperature of the body", unit="°C"),
    ),
    event="measured_at",
    subjects=("person", "place"),
    orders=("D1-46",),
    given_by=("health_commission", "port_health", "market_regulation"),
    retention_days=KEPT_DAYS,
    retention_between=KEPT_BETWEEN,
    stream=True,
)
