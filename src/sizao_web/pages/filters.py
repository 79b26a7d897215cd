"""What a list can be narrowed by. Each filter is a parameter of the address, with a label."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString, mark_safe

from sizao.terms.words import Words
from sizao_web.pages.language import said
from sizao_web.pages.markup import escaped
from sizao_web.pages.telling import Telling

Choices = Callable[[Telling], Mapping[str, Words]]
NOT_A_TIME = Words(
    "请写成 2020-11-10 或 2020-11-10 12:00。", "Write it as 2020-11-10 or 2020-11-10 12:00, please."
)
NOT_OFFERED = Words("没有这个选项，请从列表中选择。", "There is no such choice. Pick one of the list.")


class NotUnderstood(Exception):
    """What was typed into a filter cannot be read; words say what to type instead."""

    def __init__(self, words: Words) -> None:
        self.words = words
        super().__init__(words.en)


@dataclass(frozen=True)
class Filter:
    """One filter. kind: choice (one of `choices`), listed (typed; `choices` are suggested), text, moment.

    narrow: the condition of a value; a moment comes as an instant with a zone mark. counted: the counts of
    the ledger can be narrowed by it too.
    """

    name: str
    label: Words
    narrow: Callable[[Any], Q]
    kind: str = "text"
    choices: Choices | None = None
    counted: bool = False

    def read(self, text: str, telling: Telling) -> Any:
        """The value that was typed or chosen. NotUnderstood says what to type."""
        if self.kind == "moment":
            return _moment(text, telling.zone)
        if self.kind == "choice" and self.choices and text not in self.choices(telling):
            raise NotUnderstood(NOT_OFFERED)
        return text


@dataclass(frozen=True)
class Asked:
    """A filter as the page shows it: what was typed, and what is wrong with it."""

    filter: Filter
    text: str
    problem: Words | None
    options: tuple[tuple[str, str], ...]

    @property
    def choices(self) -> SafeString:
        """The options as HTML, the chosen one marked; a template takes long over hundreds of them."""
        mark = {self.text: " selected"}
        return mark_safe(
            "".join(
                f'<option value="{escaped(value)}"{mark.get(value, "")}>{escaped(words)}</option>'
                for value, words in self.options
            )
        )

    @property
    def words(self) -> str:
        """The chosen value in words."""
        return dict(self.options).get(self.text, self.text.replace("T", " "))


def ask(filters: tuple[Filter, ...], asked: Mapping[str, str], telling: Telling) -> list[Asked]:
    """Each filter with what the address says for it."""
    found = []
    for one in filters:
        text = asked.get(one.name, "").strip()
        options = (
            tuple((key, said(words)) for key, words in one.choices(telling).items()) if one.choices else ()
        )
        problem = None
        if text:
            try:
                one.read(text, telling)
            except NotUnderstood as cause:
                problem = cause.words
        found.append(Asked(one, text, problem, options))
    return found


def narrowed(rows: QuerySet[Any], asked: list[Asked], telling: Telling) -> QuerySet[Any]:
    """The rows that fit every filter. None at all while one of them cannot be read: a longer list than was
    asked for would be taken for the answer."""
    if any(one.problem for one in asked):
        return rows.none()
    for one in asked:
        if one.text:
            rows = rows.filter(one.filter.narrow(one.filter.read(one.text, telling)))
    return rows


def equal(column: str) -> Callable[[str], Q]:
    """The column is the value."""
    return lambda value: Q(**{column: value})


def until(column: str) -> Callable[[datetime], Q]:
    """The column's instant is not after the value."""
    return lambda value: Q(**{f"{column}__lte": value})


def within(column: str) -> Callable[[str], Q]:
    """The column's area is the value or lies in it."""

    def narrow(area: str) -> Q:
        area = area.rstrip("/")
        # "0" follows "/" in the order of bytes: between the two lies every path below.
        return Q(**{column: area}) | Q(**{f"{column}__gte": f"{area}/", f"{column}__lt": f"{area}0"})

    return narrow


def _moment(text: str, zone: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise NotUnderstood(NOT_A_TIME) from None
