"""The story of one obligation as a document: titled sections of sentences, each with the facts it rests
on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from unicodedata import east_asian_width

CLOSING = "，。；：、）》”！？"
# A Chinese letter or mark, or a word with the space after it.
PIECE = r"[\u2e80-\uffef“”‘’]\s*|[^\s\u2e80-\uffef“”‘’]+\s*|\s+"


@dataclass(frozen=True)
class Sentence:
    """One statement. cites: the facts it rests on, `fact:hexkey`. level: 1 when it explains the sentence
    above it."""

    text: str
    cites: tuple[str, ...] = ()
    level: int = 0


@dataclass(frozen=True)
class Section:
    """What is told under one heading. name: a fixed word for machines."""

    name: str
    heading: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class Story:
    """Why something is to be done, by whom, and what happens if it is not. Sections without a sentence
    are left out."""

    obligation_id: str
    language: str
    title: str
    sections: tuple[Section, ...]

    def section(self, name: str) -> Section:
        """The section of that name; KeyError when the story has none."""
        for section in self.sections:
            if section.name == name:
                return section
        raise KeyError(
            f"the story has no section {name!r}; it has {', '.join(s.name for s in self.sections)}"
        )

    def text(self, width: int = 100) -> str:
        """The story as plain text of at most `width` columns, headings flush left."""
        lines = [self.title, "=" * min(width, _columns(self.title))]
        for section in self.sections:
            lines += ["", section.heading]
            for sentence in section.sentences:
                lines += _bulleted(sentence, width)
        return "\n".join(lines) + "\n"

    def document(self) -> Mapping[str, object]:
        """The story as what JSON can hold."""
        return {
            "obligation_id": self.obligation_id,
            "language": self.language,
            "title": self.title,
            "sections": [
                {
                    "name": section.name,
                    "heading": section.heading,
                    "sentences": [
                        {"text": one.text, "cites": list(one.cites), "level": one.level}
                        for one in section.sentences
                    ],
                }
                for section in self.sections
            ],
        }


def told(sections: Iterable[Section]) -> tuple[Section, ...]:
    """The sections that say something."""
    return tuple(section for section in sections if section.sentences)


def _bulleted(sentence: Sentence, width: int) -> list[str]:
    first = "    · " if sentence.level else "  "
    rest = " " * len(first)
    return [
        (rest if number else first) + line
        for number, line in enumerate(_folded(sentence.text, width - len(first)))
    ]


def _folded(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns; between Chinese letters a line may break anywhere, in other words
    nowhere."""
    lines, line = [], ""
    for piece in re.findall(PIECE, text):
        # A line does not begin with a closing mark; the mark may stand over the edge.
        if line.strip() and _columns(line + piece.rstrip()) > width and piece[0] not in CLOSING:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()]


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
