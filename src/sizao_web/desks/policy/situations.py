"""The examples of a rule told in words: what is given, and what must and must not follow from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sizao.facts.declaration import Column, ColumnType
from sizao.facts.readings import fact_or_reading
from sizao.obligations.explain import STATUSES
from sizao.obligations.telling import Teller
from sizao.policy.examples import Example, Expectation
from sizao.policy.model import Policy
from sizao.terms.wording import say_instant, say_limit
from sizao.terms.words import Words
from sizao_web.records.reading.pack import Pack

_COMMON: Mapping[str, Words] = {
    "known_at": Words("知悉于", "known"),
    "happened_at": Words("发生于", "happened"),
    "area": Words("记录所在地区", "recorded in"),
    "reason": Words("理由", "reason"),
}
_ACTIONS = {"retract": Words("撤回", "retracted"), "replace": Words("更正", "corrected")}
_INSTANTS: Mapping[str, Words] = {
    "opens_at": Words("开始", "opens"),
    "due_at": Words("时限", "due"),
    "closes_at": Words("关闭", "closes"),
    "met_at": Words("完成于", "done"),
    "covered_until": Words("已落实至", "covered until"),
    "next_change_at": Words("下次变化", "changes next"),
    "until": Words("至", "until"),
}
_LIMITS = frozenset({"due_at", "closes_at", "until"})
_OTHERS: Mapping[str, Words] = {
    "done_by": Words("承担机构", "done by"),
    "answers_to": Words("报告对象", "answers to"),
    "area": Words("地区", "area"),
    "occurrence": Words("第几次", "occurrence"),
    "version": Words("按第几个文本", "text number"),
    "gaps": Words("脱离次数", "gaps"),
    "row_count": Words("理由数", "reasons"),
    "marks": Words("标记", "marks"),
    "kind": Words("类别", "kind"),
    "verb": Words("任务", "verb"),
    "rule": Words("规则", "rule"),
}
_FLAGS: Mapping[str, tuple[Words, Words]] = {
    "in_place": (Words("在位", "in place"), Words("不在位", "not in place")),
    "reported_late": (Words("补报", "reported late"), Words("未迟报", "reported in time")),
    "owned": (Words("有人承担", "owned"), Words("无人承担", "owned by nobody")),
    "restricts": (Words("限制人身", "restricts the person"), Words("不限制人身", "restricts nobody")),
}
_HEADS: Mapping[str, tuple[Words, Words]] = {
    "obligations": (
        Words("须有任务：", "There must be a task: "),
        Words("不得有任务：", "There must be no task: "),
    ),
    "unknown": (Words("应列为情况不明：", "Listed as not known: "), Words("不得列为不明：", "Not unknown: ")),
    "too_late": (Words("应计为发现过晚：", "Found too late: "), Words("不得计为过晚：", "Not too late: ")),
    "standing": (Words("此人管控状态：", "The person's standing: "), Words("不得有管控：", "No standing: ")),
}


@dataclass(frozen=True)
class Situation:
    """One example as people read it."""

    name: Words
    as_of: str
    known_by: str | None
    given: tuple[str, ...]
    follows: tuple[str, ...]


def told(example: Example, pack: Pack, language: str) -> Situation:
    """An example in words, without the setting that all examples share."""
    zone = pack.policy.zone
    teller = Teller(language, zone, {}, pack.policy.grounds)
    later = example.known_by != example.as_of
    return Situation(
        name=example.name,
        as_of=say_instant(example.as_of, zone, language),
        known_by=say_instant(example.known_by, zone, language) if later else None,
        given=tuple(_given(example, pack, teller)),
        follows=(
            *(_follows(one, example, pack.policy, teller) for one in example.expectations),
            *_counted(example, pack.policy, teller),
        ),
    )


def _given(example: Example, pack: Pack, teller: Teller) -> Iterator[str]:
    for fact, rows in example.situation.facts.items():
        shared = pack.setting.get(fact, ())
        declared = fact_or_reading(fact)
        head = declared.meaning.get(teller.language).replace("：", ":").split(":")[0]
        for row in rows:
            if row not in shared:
                parts = _joined(_parts(declared.columns, row, teller), teller)
                yield f"{head}{teller.say('：', ': ')}{parts}"


def _parts(columns: tuple[Column, ...], row: Mapping[str, Any], teller: Teller) -> Iterator[str]:
    for column in columns:
        value = row.get(column.name)
        if value is not None:
            said = value if column.type is ColumnType.ID else teller.value(column, value)
            yield f"{_plain(column.meaning.get(teller.language))} {said}"
    for name, words in _COMMON.items():
        if row.get(name) is not None:
            yield f"{words.get(teller.language)} {_common(row[name], teller)}"
    if row.get("action") in _ACTIONS:
        yield _ACTIONS[row["action"]].get(teller.language)


def _common(value: Any, teller: Teller) -> str:
    return teller.at(value) if isinstance(value, datetime) else str(value)


def _plain(meaning: str) -> str:
    """The meaning of a column without its remarks."""
    for mark in ("；", ";", "（", "("):
        meaning = meaning.split(mark)[0]
    return meaning.strip()


def _follows(wanted: Expectation, example: Example, policy: Policy, teller: Teller) -> str:
    present, absent = _HEADS[wanted.table]
    head = (present if wanted.present else absent).get(teller.language)
    return head + _joined(_said(wanted.values, example, policy, teller), teller)


def _said(values: Mapping[str, Any], example: Example, policy: Policy, teller: Teller) -> Iterator[str]:
    subject = values.get("about") or values.get("person")
    step = _step(values, policy, teller)
    if step and subject:
        yield teller.say(f"{subject}：{step}", f"{step}, for {subject}")
    elif step or subject:
        yield str(step or subject)
    for name, value in values.items():
        if name in ("about", "person", "step") or (name == "rule" and len(example.rules) == 1):
            continue
        yield _value(name, value, policy, teller)


def _value(name: str, value: Any, policy: Policy, teller: Teller) -> str:
    if name in _INSTANTS:
        head = _INSTANTS[name].get(teller.language)
        if not isinstance(value, datetime):
            return f"{head} {teller.say('无', 'none')}"
        said = (say_limit if name in _LIMITS else say_instant)(value, policy.zone, teller.language)
        return f"{head} {said}"
    if name == "status":
        return teller.say("状态 ", "status: ") + STATUSES[value].get(teller.language)
    if name == "place":
        return teller.say("管控方式 ", "place: ") + teller.code("restriction_places", value or "")
    if name in _FLAGS:
        return _FLAGS[name][0 if value else 1].get(teller.language)
    words = _OTHERS.get(name, Words(name, name)).get(teller.language)
    none = teller.say("无", "none")
    said = teller.on(value) if isinstance(value, date) else str(none if value in (None, "") else value)
    return f"{words} {said}"


def _step(values: Mapping[str, Any], policy: Policy, teller: Teller) -> str:
    """The verb of the step, where the expectation names one."""
    name, texts = str(values.get("step", "")), policy.rules.get(values.get("rule", ""), ())
    for version in texts:
        for step in version.steps:
            if step.name == name:
                return step.verb.label.get(teller.language)
            if f"{step.name}!" == name[: len(step.name) + 1] and step.escalation is not None:
                return step.escalation.verb.label.get(teller.language)
    return name


def _counted(example: Example, policy: Policy, teller: Teller) -> Iterator[str]:
    for (rule, step), number in example.counts.items():
        what = _step({"rule": rule, "step": step}, policy, teller) or teller.say("本规则", "this rule")
        yield teller.say(f"共有“{what}”任务 {number} 项", f"Tasks of “{what}” in all: {number}")


def _joined(parts: Iterator[str], teller: Teller) -> str:
    return teller.say("，", ", ").join(parts)
