"""The story of one obligation as a document: titled sections of sentences, each with the facts it rests
on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from textwrap import wrap
from unicodedata import east_asian_width


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
    """Lines of at most `width` columns; Chinese is two columns wide and may break anywhere."""
    if not any(east_asian_width(letter) in "WF" for letter in text):
        return wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
    lines, line, used = [], "", 0
    for letter in text:
        size = _columns(letter)
        # A line does not begin with a closing mark; it may stand one letter over the edge.
        if used + size > width and letter not in "，。；：、）》”！？":
            lines.append(line)
            line, used = "", 0
        line, used = line + letter, used + size
    return [*lines, line]


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
