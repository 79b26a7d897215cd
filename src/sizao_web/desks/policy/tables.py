"""The rules as a table: filters, how many rows each makes in the reader's scope, and files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse

from sizao.policy.aloud import say_rule, say_source
from sizao.policy.model import RuleVersion
from sizao.terms.words import Words
from sizao_web.desks.policy.presenters import STATES, ParameterRow, RuleRow
from sizao_web.pages.addresses import rows as rows_of
from sizao_web.pages.exports import table_file
from sizao_web.pages.language import language, said, say
from sizao_web.records.access.scope import Scope
from sizao_web.records.reading import figures
from sizao_web.records.reading.pack import Pack

FILTERS = ("q", "sector", "verb", "restricts", "basis", "state")


@dataclass(frozen=True)
class Counted:
    """A rule with what it demands now of those whom the reader answers for."""

    row: RuleRow
    to_do: int

    @property
    def address(self) -> str:
        """The list of exactly these rows."""
        return rows_of("to-do", rule=self.row.rule)


def with_counts(scope: Scope, rows: Iterable[RuleRow]) -> list[Counted]:
    """Each rule with its overdue and open rows in the scope."""
    counts = figures.to_do_by_rule(scope) if scope.duty.sees != "reference" else {}
    return [Counted(row, counts.get(row.rule, 0)) for row in rows]


def choices(rows: Iterable[RuleRow]) -> dict[str, list[tuple[str, str]]]:
    """What each filter offers, from the rules there are."""
    rows = list(rows)
    verbs = {name: label for row in rows for name, label in zip(row.verb_names, row.verbs, strict=True)}
    basis = sorted({one for row in rows for one in row.basis})
    return {
        "sector": _named({row.sector: row.sector_label for row in rows}),
        "verb": _named(verbs),
        "restricts": [
            ("yes", say("限制人身", "restricts a person")),
            ("no", say("不限制", "restricts nobody")),
        ],
        "basis": [(one, one) for one in basis],
        "state": [(name, said(label)) for name, label in STATES.items()],
    }


def _named(found: dict[str, Words]) -> list[tuple[str, str]]:
    return sorted(((name, said(label)) for name, label in found.items()), key=lambda one: one[1])


_RULE_HEADS = (
    Words("规则编号", "rule"),
    Words("文本", "text"),
    Words("名称", "label"),
    Words("条线", "sector"),
    Words("施行自", "in force from"),
    Words("施行至（不含）", "in force until (exclusive)"),
    Words("追溯自", "catches from"),
    Words("限制人身", "restricts"),
    Words("指令条目", "orders"),
    Words("出处", "source"),
    Words("标记", "mark"),
    Words("法律依据", "legal basis"),
    Words("制定机关", "authority"),
    Words("摘要", "digest"),
    Words("全文", "notice"),
)
_PARAMETER_HEADS = (
    Words("参数", "parameter"),
    Words("自", "from"),
    Words("取值", "value"),
    Words("单位", "unit"),
    Words("来源", "source"),
    Words("标记", "mark"),
    Words("已在执行的", "what is under way"),
    Words("采用的规则", "rules that take it"),
)


def rules_file(rows: Iterable[RuleRow], pack: Pack, day: date) -> HttpResponse:
    """One line for each text of the rules, with its whole notice in the language of the page."""
    lines = [_line(row, one, pack) for row in rows for one in pack.policy.rules[row.rule]]
    return table_file(f"{pack.policy.pack}-rules-{day}", _RULE_HEADS, lines)


def _line(row: RuleRow, one: RuleVersion, pack: Pack) -> list[Any]:
    return [
        row.rule,
        one.number,
        said(one.label),
        said(row.sector_label),
        one.in_force_from,
        one.in_force_until or "",
        one.catches_from,
        say("是", "yes") if one.bears else say("否", "no"),
        " ".join(one.basis),
        say_source(one.source, language(), pack.policy.sources),
        one.source.mark,
        said(one.legal_basis.words),
        one.authority,
        one.digest,
        say_rule(one, language(), pack.policy.sources),
    ]


def parameters_file(rows: Iterable[ParameterRow], pack: Pack) -> HttpResponse:
    """One line for each value of each parameter."""
    lines = [
        [
            row.name,
            row.since,
            row.value,
            row.unit,
            row.source,
            row.mark,
            said(row.running) if row.running else "",
            " ".join(row.rules),
        ]
        for row in rows
    ]
    return table_file(f"{pack.policy.pack}-parameters", _PARAMETER_HEADS, lines)
