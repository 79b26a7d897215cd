"""The columns of lists and indicators in words; a column that has none here shows its own name."""

from __future__ import annotations

from collections.abc import Mapping

from sizao.terms.words import Words

HEADINGS: Mapping[str, Words] = {
    # worklists
    "obligation_id": Words("编号", "id"),
    "status": Words("状态", "status"),
    "due_at": Words("期限", "due"),
    "rule": Words("规则", "rule"),
    "verb": Words("要做什么", "what"),
    "occurrence": Words("第几次", "which"),
    "about": Words("对象", "about"),
    "done_by": Words("负责机构", "done by"),
    "area": Words("地区", "area"),
    # what is not known
    "unknown_id": Words("编号", "id"),
    "event_on": Words("事由日期", "event of"),
    "first_known_at": Words("何时知悉", "known since"),
    # visits
    "visit_on": Words("上门日期", "visit on"),
    "door": Words("住户或人员", "household or person"),
    "persons": Words("人数", "people"),
    "row_count": Words("任务", "tasks"),
    "overdue": Words("其中逾期", "overdue"),
    "earliest_due_at": Words("最早期限", "first due"),
    # indicators
    "sector": Words("条线", "sector"),
    "about_kind": Words("对象类别", "kind of subject"),
    "numerator": Words("分子", "numerator"),
    "denominator": Words("分母", "denominator"),
    "share": Words("比率", "share"),
    "suppressed": Words("数小隐去", "too few to show"),
    "late": Words("迟完成", "done late"),
    "waived": Words("豁免", "waived"),
    "found_too_late": Words("发现过晚", "found too late"),
    "zero_reports": Words("零报告", "zero reports"),
    "milestone": Words("环节", "milestone"),
    "limit_days": Words("时限（天）", "days allowed"),
    "cases": Words("病例", "cases"),
    "onset_not_known": Words("发病日期不明", "onset not known"),
    "imprecise": Words("发病日期不精确", "onset imprecise"),
    "reached": Words("已达到", "reached"),
    "not_reached": Words("未达到", "not reached"),
    "median_days": Words("中位天数", "median days"),
    "p90_days": Words("九成在几天内", "90th percentile, days"),
    "day": Words("日期", "day"),
    "figure": Words("指标", "figure"),
    "publisher": Words("公布者", "publisher"),
    "published": Words("公布数", "published"),
    "counted": Words("当日所知", "counted"),
    "difference": Words("相差", "difference"),
}
MILESTONES: Mapping[str, Words] = {
    "sample": Words("采样", "sampled"),
    "report": Words("报告", "reported"),
    "isolation": Words("隔离", "isolated"),
    "admission": Words("收治", "admitted"),
}


def heading(column: str, language: str) -> str:
    """The column in words of the language."""
    words = HEADINGS.get(column)
    return column if words is None else words.get(language)
