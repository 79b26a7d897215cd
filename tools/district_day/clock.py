"""The day: Monday 30 November 2020, a school day on which a month ends and a week's grace runs out.

Everything here is local time without a mark; the installation is told and asked in the zone of the city.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

ZONE = "Asia/Shanghai"
OFFSET = timedelta(hours=8)
"""Of that zone, all year round."""
DAY = date(2020, 11, 30)
BEGINS = time(6)
"""Until then everything is the standing background; from then on facts come by the public interfaces."""
PHASES = ("06:00", "09:20", "12:40", "16:40", "20:30", "24:10")
"""Where the clock of the installation is moved to. At each what has happened since the one before is told; at
the last the ledger is compared."""


def at(clock: str, days: int = 0) -> datetime:
    """A moment of the day, or of one so many days later; 24:10 is ten past midnight of the next."""
    hours, minutes = (int(part) for part in clock.split(":"))
    return datetime.combine(DAY + timedelta(days=days), time()) + timedelta(hours=hours, minutes=minutes)


def on(days: int) -> date:
    """The date so many days later."""
    return DAY + timedelta(days=days)


def phase_of(moment: datetime) -> int:
    """The phase at which somebody tells what happened at this moment; 0 belongs to the background."""
    for number, clock in enumerate(PHASES):
        if moment < at(PHASES[0]) or (number and moment <= at(clock)):
            return number
    raise ValueError(f"{moment} lies after the end of the day.")
