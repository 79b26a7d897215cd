"""Which columns the tables of rows carry: what no rule of the policy fills is not written for every row.

Writing wide tables costs more than finding what stands in them, and an empty column is written like any
other. The tables of rows therefore hold only what may be filled, and views over them give every column by
its name; whoever reads rows reads the views and need not know.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sizao.obligations.items import Items
from sizao.obligations.rows import COLUMNS, PLAIN
from sizao.policy.model import Policy, Rolling

OUTCOME = (
    ("status", "TINYINT"),
    ("met_at", "TIMESTAMP"),
    ("met_hi", "BIGINT"),
    ("met_lo", "BIGINT"),
    ("reported_late", "BOOLEAN"),
    ("in_place", "BOOLEAN"),
    ("covered_until", "TIMESTAMP"),
    ("gaps", "BIGINT"),
    ("w_hi", "BIGINT"),
    ("w_lo", "BIGINT"),
    ("next_change_at", "TIMESTAMP"),
    ("asked_on", "DATE"),
)
"""What becomes of a row, and on which day its offices are sought."""

_RELATED, _ANCHOR, _PARENT = ("rel_hi", "rel_lo"), ("anc_hi", "anc_lo"), ("par_hi", "par_lo")
_OF_SPANS, _OF_WAIVERS = ("in_place", "covered_until", "gaps"), ("w_hi", "w_lo")


@dataclass(frozen=True)
class Narrow:
    """unfilled: columns that hold nothing in any row. merged: whether anybody may be another person; where
    nobody is, `person` is `about` and stands only once.
    """

    unfilled: frozenset[str] = frozenset()
    merged: bool = True

    def carries(self, name: str) -> bool:
        """Whether tables of rows have the column."""
        return name not in self.unfilled and (self.merged or name != "person")

    def carried(self, columns: Iterable[tuple[str, str]] = COLUMNS) -> tuple[str, ...]:
        """The names of those columns that tables of rows have."""
        return tuple(name for name, _ in columns if self.carries(name))

    def whole(self, columns: Iterable[tuple[str, str]] = COLUMNS) -> str:
        """The SELECT list that gives all these columns from a table of rows."""
        return ", ".join(self._given(name, type_) for name, type_ in columns)

    def _given(self, name: str, type_: str) -> str:
        if self.carries(name):
            return name
        return f"CAST(NULL AS {type_}) AS {name}" if name in self.unfilled else f"about AS {name}"

    def of_plain_rules(self) -> Narrow:
        """The same for rows of plain rules, which fill less."""
        return Narrow(self.unfilled | ({name for name, _ in COLUMNS} - set(PLAIN)), self.merged)

    def of_escalations(self) -> Narrow:
        """The same for escalations, which have a parent."""
        return Narrow(self.unfilled - set(_PARENT), self.merged)


def narrow(policy: Policy, items: Items, *, ended: bool, merged: bool) -> Narrow:
    """What no row of these items can fill. ended: whether anything ends rows early."""
    steps = [item.step for item in items.items]
    filled = {
        _RELATED: any(step.related for step in steps),
        _ANCHOR: any(isinstance(step.timing, Rolling) for step in steps),
        _PARENT: False,
        ("ends_at",): ended,
        _OF_SPANS: any(item.verb.span for item in items.items),
        _OF_WAIVERS: bool(policy.grounds) and any(item.version.waivable for item in items.items),
    }
    return Narrow(frozenset(name for names, fills in filled.items() if not fills for name in names), merged)
