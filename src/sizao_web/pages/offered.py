"""What a field offers to choose from, by its words: nobody knows the numbers of places and areas by heart.

The field holds the words where they tell one thing from all others, else the number; what is sent is read
back by either, in both languages, so that a page that was opened in one is understood in the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sizao.terms.words import Words
from sizao_web.pages.language import said
from sizao_web.pages.meant import BETWEEN, meant


@dataclass(frozen=True)
class Offered:
    """Suggestions. name: the id of the list on the page; words: number -> what it is called.

    named: whether the words name the thing; else they only say something about it, and the number is chosen.
    """

    name: str
    words: Mapping[str, Words]
    named: bool = True
    _alike: Counter[str] = field(default_factory=Counter)
    _first: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        whole = [said(one) for one in self.words.values()]
        self._alike.update(whole)
        self._first.update(one.split(BETWEEN)[0] for one in whole)

    @property
    def options(self) -> list[tuple[str, str]]:
        """(what the field then holds, what stands beside it): both are searched by what is typed."""
        return [(self.shown(number), self._beside(number)) for number in self.words]

    def shown(self, number: str) -> str:
        """What a field shows of a number."""
        words = said(self.words[number]) if self.named and number in self.words else number
        return number if self._alike[words] > 1 else words

    def _beside(self, number: str) -> str:
        words = said(self.words[number])
        # One browser shows both, another only this: so it has the number and as many words as tell it apart.
        first = words.split(BETWEEN)[0]
        enough = first if self._first[first] == 1 else words
        return words if self.shown(number) == number else f"{enough} {number}"

    def other(self, typed: str) -> str:
        """What helps to be sure of what stands in the field: the words of a number, the number of words."""
        if typed in self.words:
            return said(self.words[typed])
        number = self.meant(typed)
        return number if number != typed else ""

    def meant(self, typed: str) -> str:
        """The number that was meant by its words or a part of them that only one has; else as typed."""
        return meant(typed, self.words).value or typed
