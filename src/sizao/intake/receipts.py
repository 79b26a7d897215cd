"""The receipt of an intake: sent = stored + merged + rejected, and every rejected row with its reason."""

from __future__ import annotations

from collections.abc import Mapping as Keyed
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sizao.intake.problems import Problem
from sizao.terms.words import Words


@dataclass(frozen=True)
class Count:
    """How many were sent and what became of them."""

    sent: int
    stored: int
    merged: int
    rejected: int

    def text(self, language: str = "en") -> str:
        """The sum as one line."""
        if language == "zh":
            return (
                f"送来 {self.sent:,} = 入库 {self.stored:,} + 合并 {self.merged:,} + 拒收 {self.rejected:,}"
            )
        became = f"stored {self.stored:,} + merged {self.merged:,} + rejected {self.rejected:,}"
        return f"sent {self.sent:,} = {became}"

    def record(self) -> dict[str, int]:
        """The count as JSON values."""
        return {
            "sent": self.sent,
            "stored": self.stored,
            "merged": self.merged,
            "rejected": self.rejected,
        }


@dataclass(frozen=True)
class Rejected:
    """A row that was not taken, with everything that is wrong with it."""

    line: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Remarked:
    """Rows that were taken as they are, but that a person should know of."""

    say: Words
    count: int
    lines: tuple[int, ...]  # the first of them


@dataclass(frozen=True)
class Receipt:
    """What became of every row of one sheet. Rows are lines of the sheet; facts are what the rows gave."""

    sheet: str
    sha256: str
    mapping: str
    encoding: str | None
    separator: str | None
    recorded_at: datetime
    rows: Count
    blank: int
    facts: Keyed[str, Count]
    rejected: tuple[Rejected, ...]
    remarks: tuple[Remarked, ...]
    derived: Keyed[str, tuple[Words, ...]]  # fact → the procedures by which values were assigned
    not_used: tuple[str, ...]  # columns of the sheet that the mapping leaves out on purpose

    def file_name(self) -> str:
        """The name under which the receipt is kept: of the sheet and of its content."""
        return f"{Path(self.sheet).name}-{self.sha256[:12]}.json"

    def by_kind(self) -> dict[str, int]:
        """How many rows have each kind of problem; a row may have several."""
        counts: dict[str, int] = {}
        for row in self.rejected:
            for kind in {problem.kind for problem in row.problems}:
                counts[kind] = counts.get(kind, 0) + 1
        return dict(sorted(counts.items()))

    def record(self) -> dict[str, Any]:
        """The receipt as JSON values."""
        return {
            "sheet": self.sheet,
            "sha256": self.sha256,
            "mapping": self.mapping,
            "encoding": self.encoding,
            "separator": self.separator,
            "recorded_at": self.recorded_at.isoformat(sep=" "),
            "rows": self.rows.record(),
            "blank_lines": self.blank,
            "facts": {name: count.record() for name, count in self.facts.items()},
            "rejected": [
                {"line": row.line, "problems": [problem.record() for problem in row.problems]}
                for row in self.rejected
            ],
            "problems_by_kind": self.by_kind(),
            "remarks": [
                {"zh": one.say.zh, "en": one.say.en, "count": one.count, "lines": list(one.lines)}
                for one in self.remarks
            ],
            "derived": {
                name: [{"zh": one.zh, "en": one.en} for one in words] for name, words in self.derived.items()
            },
            "not_used": list(self.not_used),
        }

    def text(self, language: str = "en", most: int = 20) -> str:
        """The receipt for a person; of the rejected rows the first `most`."""
        zh = language == "zh"
        lines = [f"{self.sheet} ({self.mapping})", f"  {self.rows.text(language)}"]
        width = max((len(name) for name in self.facts), default=0)
        lines += [f"    {name:<{width}}  {count.text(language)}" for name, count in self.facts.items()]
        for one in self.remarks:
            places = ", ".join(str(line) for line in one.lines)
            more = "…" if one.count > len(one.lines) else ""
            where = (f" [第 {places}{more} 行]" if zh else f" [line {places}{more}]") if one.lines else ""
            lines.append(f"  {'注意' if zh else 'note'}: {one.count:,} × {one.say.get(language)}{where}")
        for name, words in self.derived.items():
            lines += [f"  {'推定' if zh else 'derived'}: {name}: {one.get(language)}" for one in words]
        shown = self.rejected[:most]
        lines += [f"  {problem.text(language)}" for row in shown for problem in row.problems]
        left = len(self.rejected) - len(shown)
        if left > 0:
            lines.append(
                f"  另有 {left} 行拒收，见 JSON 回执"
                if zh
                else f"  {left} more rejected rows are in the JSON receipt"
            )
        return "\n".join(lines) + "\n"
