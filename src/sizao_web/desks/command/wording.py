"""The words of the command desk."""

from __future__ import annotations

from collections.abc import Mapping

from sizao.terms.codes import CODE_LISTS
from sizao.terms.words import Words
from sizao_web.records.reading.cases import EARLY_WINDOW_DAYS, LIMIT_DAYS

EARLIES: Mapping[str, Words] = {
    "sample": Words("早发现：发病到采样", "Found early: onset to sample"),
    "report": Words("早报告：发病到报告", "Reported early: onset to report"),
    "isolation": Words("早隔离：发病到隔离", "Isolated early: onset to isolation"),
    "admission": Words("早治疗：发病到收治", "Treated early: onset to admission"),
}
MILESTONES: Mapping[str, Words] = {
    "sample": Words("采样", "sampled"),
    "report": Words("报告", "reported"),
    "isolation": Words("隔离", "isolated"),
    "admission": Words("收治", "admitted"),
}
_WHICH: Mapping[str, Words] = {
    "decided": Words("已达到或已超过{limit}天", "{said}, or past {limit} days"),
    "in_limit": Words("发病{limit}天内{said}", "{said} within {limit} days"),
    "reached": Words("已{said}", "{said}"),
    "not_reached": Words("尚未{said}", "not {said} yet"),
    "onset_unknown": Words("发病日期不明（{said}）", "onset not known ({said})"),
    "too_late": Words("发现过晚（{said}）", "found too late ({said})"),
}


def _figure(milestone: str, which: str) -> Words:
    said, limit = MILESTONES[milestone], LIMIT_DAYS[milestone]
    words = _WHICH[which]
    days = Words(f"近{EARLY_WINDOW_DAYS}天确诊：", f"confirmed in {EARLY_WINDOW_DAYS} days: ")
    return Words(
        days.zh + words.zh.format(said=said.zh, limit=limit),
        days.en + words.en.format(said=said.en, limit=limit),
    )


FIGURES: Mapping[str, Words] = {
    f"{milestone}.{which}": _figure(milestone, which) for milestone in MILESTONES for which in _WHICH
}
"""Milestone and what is counted of it -> in words."""

ORIGINS: Mapping[str, Words] = {code.code: code.label for code in CODE_LISTS["case_origins"].codes}
GRADES: Mapping[str, Words] = {code.code: code.label for code in CODE_LISTS["grades"].codes}


def origin(name: str) -> Words:
    """Where a case comes from; the code itself where the list has none."""
    return ORIGINS.get(name, Words(name, name))
