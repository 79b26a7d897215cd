"""Settings that can be changed while the installation runs: each for a time, with a reason and a name.

There are no others. A change that nobody ends ends by itself: what was meant for a day in August was still
there in autumn once, and fifteen thousand positive results waited (California, 2020).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from django.db.models import QuerySet

from sizao.terms.words import Words
from sizao_web.records.models import Switch

LONGEST = timedelta(days=31)


@dataclass(frozen=True)
class Setting:
    """One setting. about: what it is set for, where it is not for everything; unit of the value, where it
    has one."""

    label: Words
    meaning: Words
    about: Words | None = None
    unit: Words | None = None


SWITCHES: Mapping[str, Setting] = MappingProxyType(
    {
        "interval": Setting(
            Words("报送间隔", "interval of a source"),
            Words(
                "某来源在此期间按这一间隔算是否中断，代替平常的间隔。",
                "How far apart this source may be meanwhile, instead of what is usual for it.",
            ),
            about=Words("来源", "source"),
            unit=Words("小时", "hours"),
        ),
        "exports_off": Setting(
            Words("停止导出", "no files"),
            Words(
                "在此期间谁也不能把清单导出为文件。",
                "Nobody takes lists out as files meanwhile.",
            ),
        ),
    }
)
"""Name -> setting."""


def in_force(moment: datetime) -> list[Switch]:
    """The switches that hold at this moment: of each name and subject the last, while its time lasts."""
    last = (
        Switch.objects.filter(set_at__lte=moment).order_by("name", "about", "-id").distinct("name", "about")
    )
    return [one for one in last if one.until > moment and one.value]


def value_of(name: str, moment: datetime, about: str = "") -> str | None:
    """What a setting is at this moment; None where nobody has changed it."""
    return next((one.value for one in in_force(moment) if (one.name, one.about) == (name, about)), None)


def over(moment: datetime) -> QuerySet[Switch]:
    """Those whose end has come and of which nothing was said yet."""
    return Switch.objects.filter(reverted_at__isnull=True, until__lte=moment).order_by("id")
