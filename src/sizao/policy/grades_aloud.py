"""Grade rules and response levels read aloud as a plain notice, in Chinese ("zh") and English ("en")."""

from __future__ import annotations

from collections.abc import Mapping

from sizao.policy.aloud import say_source
from sizao.policy.expressions.tree import All, Any, ColumnOf, Compare, IsMissing, Literal, Node, Not, OneOf
from sizao.policy.grading import CAME_FROM, DAYS_IN_GRADE, GradeSet, Move
from sizao.policy.levels import LevelPlan
from sizao.terms.codes import CODE_LISTS
from sizao.terms.wording import say_date
from sizao.terms.words import Words

_OPERATORS = {
    "=": Words("为", "is"),
    "<>": Words("不为", "is not"),
    "<": Words("少于", "is less than"),
    "<=": Words("不超过", "is at most"),
    ">": Words("超过", "is more than"),
    ">=": Words("不少于", "is at least"),
}
_NAMES = {
    DAYS_IN_GRADE: Words("定为现等级的完整天数", "the number of whole days with the present grade"),
    CAME_FROM: Words("由何等级下调而来", "the grade it was lowered from"),
}


def say_grade(grade: str, language: str) -> str:
    """The label of a grade, or the code where the code list has none."""
    known = CODE_LISTS["grades"]
    return known.label_of(grade).get(language) if grade in known.names() else grade


def say_level_of_area(level: str, language: str) -> str:
    """County, street … in words."""
    return CODE_LISTS["area_levels"].label_of(level).get(language)


def say_move(rules: GradeSet, move: Move, language: str) -> str:
    """One step as a sentence: from where to where, and under which condition."""
    to, when = say_grade(move.to, language), say_condition(rules, move.when, language)
    if move.start is None:
        return f"{when}：{to}。" if language == "zh" else f"{to}, when {when}."
    start = say_grade(move.start, language)
    return f"{start}下调为{to}：{when}。" if language == "zh" else f"{start} to {to}, when {when}."


def say_condition(rules: GradeSet, node: Node, language: str) -> str:
    """A condition over measures as a clause."""
    return _Speaker(rules, language).truth(node)


def say_set(rules: GradeSet, language: str, sources: Mapping[str, Words]) -> str:
    """A whole set as a notice, one line for each thing it lays down."""
    zh = language == "zh"
    unit, who = (say_level_of_area(one, language) for one in (rules.unit, rules.authority))
    since = say_date(rules.in_force_from, language)
    until = "" if rules.in_force_until is None else say_date(rules.in_force_until, language)
    lines = [rules.label.get(language)]
    if zh:
        lines.append(
            f"自{since}起施行{f'，至{until}（不含）' if until else ''}。以{unit}为单位，由{who}级决定并公布。"
        )
        lines.append("上调：当日计数达到即定，自当日起。")
    else:
        lines.append(
            f"In force from {since}{f' until {until}, exclusive' if until else ''}. "
            f"The unit is the {unit}; the {who} decides and publishes."
        )
        lines.append("Up, from the day whose counts demand it:")
    lines += [
        f"{number}. {_sourced(rules, move, language, sources)}" for number, move in enumerate(rules.up, 1)
    ]
    lines.append(
        "下调：以前一日为止的完整天数计，自次日起。"
        if zh
        else "Down, from the day after the last whole day that it needs:"
    )
    lines += [
        f"{number}. {_sourced(rules, move, language, sources)}" for number, move in enumerate(rules.down, 1)
    ]
    if rules.rest is not None:
        wide, grade = say_level_of_area(rules.rest.of, language), say_grade(rules.rest.grade, language)
        lines.append(
            f"只要{wide}内还有更高等级的区域，其余地方为{grade}；全部解除后恢复常态。"
            if zh
            else f"While any area of a {wide} has a higher grade, the rest of it is {grade}; "
            "then all is routine."
        )
    for grade, words in (rules.strategy or {}).items():
        said = f"{say_grade(grade, language)}{'：' if zh else ': '}{words.get(language)}"
        lines.append(said + ("。" if zh else "."))
    lines.append(_grounds(rules, language, sources))
    return "\n".join(lines)


def say_plan(plan: LevelPlan, language: str, sources: Mapping[str, Words]) -> str:
    """The response levels of a plan as a notice."""
    zh = language == "zh"
    lines = [plan.label.get(language)]
    for one in plan.levels.values():
        who = say_level_of_area(one.started_by, language)
        measures = [plan.measures[name].label.get(language) for name in one.measures]
        lines.append(
            f"{one.level}级：{one.event.zh}；由{who}级启动；措施：{'、'.join(measures)}。"
            if zh
            else f"Level {one.level}: {one.event.en}; started by the {who}; measures: {', '.join(measures)}."
        )
    lapsing = [one.label.get(language) for one in plan.measures.values() if one.lapses]
    staying = [one.label.get(language) for one in plan.measures.values() if not one.lapses]
    lines.append(
        f"级别下调即自行终止：{'、'.join(lapsing)}。须另行决定终止：{'、'.join(staying)}。"
        if zh
        else f"Lapse by themselves when the level is lowered: {', '.join(lapsing)}. "
        f"End only by a decision: {', '.join(staying)}."
    )
    above = plan.lowered_by == "starter_or_above"
    if zh:
        lines.append(f"下调：由启动机关{'或其上级' if above else ''}决定；{plan.lowered_after.zh}。")
    else:
        lines.append(
            f"Lowered by the body that started it{' or one above it' if above else ''}, "
            f"{plan.lowered_after.en}."
        )
    lines.append(_grounds(plan, language, sources))
    return "\n".join(lines)


def _grounds(text: GradeSet | LevelPlan, language: str, sources: Mapping[str, Words]) -> str:
    cited = say_source(text.source, language, sources)
    orders = ", ".join(text.basis)
    law = text.legal_basis.words.get(language)
    if language == "zh":
        return f"依据：{cited}；指令条目{orders}；法律依据：{law}（标记{text.legal_basis.mark}）。"
    return f"Source: {cited}; orders {orders}; legal basis: {law} (mark {text.legal_basis.mark})."


def _sourced(rules: GradeSet, move: Move, language: str, sources: Mapping[str, Words]) -> str:
    said = say_move(rules, move, language)
    if move.source == rules.source:
        return said
    return (
        f"{said}（{say_source(move.source, language, sources)}）"
        if language == "zh"
        else (f"{said} ({say_source(move.source, language, sources)})")
    )


class _Speaker:
    def __init__(self, rules: GradeSet, language: str) -> None:
        self.rules, self.language = rules, language

    def truth(self, node: Node) -> str:
        zh = self.language == "zh"
        if isinstance(node, All | Any):
            joint = {(True, True): "，且", (True, False): "，或"}.get((zh, isinstance(node, All)))
            joint = joint or (" and " if isinstance(node, All) else " or ")
            return joint.join(self._part(item) for item in node.items)
        if isinstance(node, Not):
            return f"并非（{self.truth(node.item)}）" if zh else f"not ({self.truth(node.item)})"
        if isinstance(node, Compare):
            operator = _OPERATORS[node.operator].get(self.language)
            space = "" if zh else " "
            return f"{self._value(node.left)}{space}{operator}{space}{self._value(node.right)}"
        if isinstance(node, OneOf):
            options = ("、" if zh else ", ").join(self._value(one) for one in node.options)
            return (
                f"{self._value(node.value)}为{options}之一"
                if zh
                else f"{self._value(node.value)} is one of {options}"
            )
        assert isinstance(node, IsMissing)
        if isinstance(node.value, ColumnOf) and node.value.name == CAME_FROM:
            return "不是下调而来" if zh else "it was not lowered to this grade"
        return f"{self._value(node.value)}不明" if zh else f"{self._value(node.value)} is not known"

    def _part(self, node: Node) -> str:
        if isinstance(node, All | Any):
            return f"（{self.truth(node)}）" if self.language == "zh" else f"({self.truth(node)})"
        return self.truth(node)

    def _value(self, node: Node) -> str:
        if isinstance(node, ColumnOf):
            known = _NAMES.get(node.name)
            words = self.rules.measures[node.name].label if known is None else known
            return words.get(self.language)
        assert isinstance(node, Literal)
        return say_grade(node.value, self.language) if isinstance(node.value, str) else f"{node.value}"
