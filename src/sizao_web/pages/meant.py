"""Which of the suggestions of a field somebody meant: not every telephone shows them while one types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from unicodedata import normalize

from sizao.terms.words import Words

BETWEEN = " · "
"""What stands between the parts of the words of a choice, the name first."""

NAMED = 5  # of several that fit, so many are said


@dataclass(frozen=True)
class Meant:
    """value: the one that was meant; several: what the others that fit are called, where it is not one."""

    value: str | None
    several: tuple[Words, ...] = ()

    def ask(self, typed: str, otherwise: Words) -> Words:
        """Which of several it is; what is said otherwise where none fits."""
        if not self.several:
            return otherwise
        named = self.several[:NAMED]
        zh, en = "、".join(one.zh for one in named), "; ".join(one.en for one in named)
        if len(self.several) > NAMED:
            zh, en = f"{zh} 等", f"{en} and more"
        return Words(
            f"“{typed}”可能是：{zh}。请写全，或从列表选择。",
            f"“{typed}” may be: {en}. Write the whole name, or choose it from the list.",
        )


def meant(typed: str, offered: Mapping[str, Words]) -> Meant:
    """Of what is offered (value -> its words) the one that the text says.

    The value itself or all its words, else the name, their beginning or a part, in either language; capitals
    and wide letters do not matter. Two that fit equally well are asked about and not guessed at. A number
    (harbour/quay) is only ever itself: one like it may be on record without being offered.
    """
    typed = typed.strip()
    if typed in offered:
        return Meant(typed)
    text = _plain(typed)
    if not text or STROKE in text:
        return Meant(None)
    for fits in _CLOSENESS:
        found = [
            value
            for value, words in offered.items()
            if fits(text, _plain(words.zh)) or fits(text, _plain(words.en))
        ]
        if len(found) == 1:
            return Meant(found[0])
        if found:
            return Meant(None, tuple(offered[one] for one in found))
    return Meant(None)


STROKE = "/"
_CLOSENESS: tuple[Callable[[str, str], bool], ...] = (
    lambda typed, words: typed == words,
    lambda typed, words: typed == words.split(BETWEEN)[0],  # the name; what follows says more about it
    lambda typed, words: words.startswith(typed),
    lambda typed, words: typed in words,
)


def _plain(text: str) -> str:
    return " ".join(normalize("NFKC", text).casefold().split())
