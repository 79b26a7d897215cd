"""What was done with somebody's data, in words for themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sizao.facts.dictionary import FACTS
from sizao.terms.words import Words
from sizao_web.records.audit import Look

DEEDS: Mapping[str, Words] = {
    "read": Words("查看", "read"),
    "record": Words("登记", "recorded"),
    "replace": Words("更正", "corrected"),
    "retract": Words("撤回", "retracted"),
    "export": Words("导出清单（含您）", "exported a list that you are on"),
    "match": Words("比对是否同一人", "compared, for who may be one person"),
    "doubt_same": Words("判断为同一人", "said that it is one person"),
    "doubt_apart": Words("判断为两个人", "said that they are two"),
    "approved": Words("批准", "approved"),
    "refused": Words("不批准", "refused"),
    "propose": Words("提请", "proposed"),
}
PAGES: Mapping[str, Words] = {
    "person": Words("个人情况", "the whole record"),
    "search": Words("搜索结果", "a search"),
    "doubts": Words("是否同一人", "a page of pairs"),
    "identity": Words("姓名、证件、电话、住址", "name, document, telephone, address"),
    "entry": Words("到达登记", "arrivals"),
    "quarantine": Words("隔离点工作", "work at a quarantine site"),
    "laboratory": Words("采样和检测工作", "sampling and tests"),
    "clinic": Words("门诊和售药工作", "work at a clinic or pharmacy"),
    "community": Words("上门工作", "visits"),
    "own_page": Words("本人页面", "your own pages"),
    "why": Words("一项任务的来由", "why a duty exists"),
}


def deed_of(look: Look) -> Words:
    """What was done, and with what."""
    deed = DEEDS.get(look.deed, Words("处理", "handled"))
    what = FACTS[look.what].meaning if look.what in FACTS else PAGES.get(look.what)
    if what is None:
        return deed
    short = Words(re.split("[：:]", what.zh)[0], re.split("[：:]", what.en)[0])
    return Words(f"{deed.zh}：{short.zh}", f"{deed.en}: {short.en}")
