"""What can be wrong with the files of a folder, said so that it can be mended."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sizao.terms.words import Words

SHOWN = 50


@dataclass(frozen=True)
class FileProblem:
    """One thing that must be mended: file, line (from 1, with the header; None: the whole file)."""

    file: Path
    line: int | None
    words: Words

    def say(self, language: str) -> str:
        """file:line: words."""
        place = str(self.file) if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.words.get(language)}"


class FolderProblems(Exception):
    """A folder of facts cannot be read. `problems` holds all that was found; the text shows fifty."""

    def __init__(self, problems: list[FileProblem]) -> None:
        self.problems = tuple(problems)
        more = len(problems) - SHOWN
        lines = [problem.say("en") for problem in problems[:SHOWN]]
        super().__init__("\n".join([*lines, f"… and {more} more."] if more > 0 else lines))
