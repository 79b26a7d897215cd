"""The words of this desk that the pack itself does not have: sectors, marks, states."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sizao.policy.model import RuleVersion, Running
from sizao.terms.words import Words

SECTORS: Mapping[str, Words] = {
    "health": Words("卫生健康", "health"),
    "civil_affairs": Words("民政", "civil affairs"),
    "market": Words("市场监管", "market regulation"),
    "education": Words("教育", "education"),
    "customs": Words("海关", "customs"),
    "supervision": Words("督导", "supervision"),
    "supplies": Words("物资保障", "supplies"),
    "commerce": Words("商务", "commerce"),
    "command": Words("指挥部", "command"),
    "venues": Words("公共场所", "public venues"),
    "publicity": Words("宣传", "publicity"),
    "transport": Words("交通运输", "transport"),
    "justice": Words("政法", "justice"),
    "finance": Words("财政", "finance"),
    "community": Words("社区", "community"),
}
MARKS: Mapping[str, Words] = {
    "D": Words("出自两份指令本身", "from the two directives themselves"),
    "A": Words("读过原文", "the original wording was read"),
    "B": Words("据公开资料转引", "quoted from a secondary source"),
    "M": Words("凭记忆或为演练自拟，未核对", "from memory or made for the exercise; not checked"),
}
RUNNING: Mapping[Running, Words] = {
    Running.KEEP: Words("已在执行的按原规定执行完毕", "what is under way ends under the earlier text"),
    Running.LIGHTEN: Words("新规定结束更早的，从轻", "what is under way takes the earlier end"),
    Running.REPLACE: Words("尚未到来的部分改按新规定", "what lies ahead follows the new text"),
}
TITLES: Mapping[str, Words] = {
    "adoptions": Words("采纳规则文本", "Adopt texts of the pack"),
    "area_grades": Words("公告区域风险等级", "Announce the grade of an area"),
    "response_levels": Words("公告应急响应级别", "Announce the response level"),
    "notices": Words("发布公告", "Publish a notice"),
    "waivers": Words("豁免", "Waive an obligation"),
    "standing_instructions": Words("常设指令", "Standing instruction"),
    "reopening": Words("重开实验室结果", "Re-open results of a laboratory"),
    "pack": Words("试用另一规则包", "Try another pack"),
}
PROPOSING: Mapping[str, Words] = {
    "adoptions": Words("提请采纳规则文本", "Propose texts for adoption"),
    "area_grades": Words("提请调整区域风险等级", "Propose the grade of an area"),
    "response_levels": Words("提请调整应急响应级别", "Propose the response level"),
    "notices": Words("提请发布公告", "Propose a notice"),
    "waivers": Words("提请豁免", "Propose a waiver"),
    "standing_instructions": Words("提请常设指令", "Propose a standing instruction"),
    "reopening": Words("提请重开实验室结果", "Propose to re-open results of a laboratory"),
}
DECISIONS: Mapping[str, Words] = {
    "approved": Words("已批准", "Approved"),
    "refused": Words("未批准", "Refused"),
    "withdrawn": Words("已撤回", "Taken back"),
}
KINDS = {
    "point": Words("做一次即可", "done at one moment"),
    "span": Words("持续一段时间", "lasts for a time"),
}
IN_FORCE = Words("施行中", "in force")
ENDED = Words("已停止施行", "ended")
LATER = Words("尚未施行", "not yet in force")


def sector(name: str) -> Words:
    """A sector in words; its own name where this desk knows none."""
    return SECTORS.get(name, Words(name, name))


def state(version: RuleVersion, day: date) -> Words:
    """Whether a text is in force on a day, by its dates alone."""
    if day < version.in_force_from:
        return LATER
    until = version.in_force_until
    return ENDED if until is not None and until <= day else IN_FORCE
