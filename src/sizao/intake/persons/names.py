"""Names in one way of writing, and as they sound: 張偉, 张伟, Zhang Wei and WEI ZHANG may be one person.

A name sounds as its letters without tones, in no order: passenger lists put the surname first or last, join
the syllables of a given name or part them. Two names that sound alike need not be one name; that they do is
how one finds them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pypinyin import lazy_pinyin
from ruamel.yaml import YAML

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_WORD = re.compile(r"[^\W\d_]+")
_HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def variants() -> Mapping[int, str]:
    """Traditional character -> the simplified one, for `str.translate`."""
    pairs = re.sub(r"\s", "", _read("variants.yaml")["pairs"])
    return {ord(pairs[place]): pairs[place + 1] for place in range(0, len(pairs), 2)}


@lru_cache(maxsize=1)
def _readings() -> Mapping[str, str]:
    return {str(name): str(said) for name, said in _read("readings.yaml")["surnames"].items()}


def _read(name: str) -> Any:
    return YAML(typ="safe").load((_HERE / name).read_text(encoding="utf-8"))


def is_han(name: str) -> bool:
    """Whether it is written in characters."""
    return HAN.search(name) is not None


@lru_cache(maxsize=1 << 15)
def plain(name: str) -> str:
    """The name in simplified characters without spaces and dots; in letters: its words in their own order."""
    text = unicodedata.normalize("NFKC", name).strip()
    words = _WORD.findall(unicodedata.normalize("NFC", text))
    if is_han(text):
        return "".join(words).translate(variants()).casefold()
    return " ".join(words).casefold()


@lru_cache(maxsize=1 << 15)
def spelled(name: str) -> str:
    """The words or syllables of a name in letters without tones and accents, in the order of the name."""
    written = plain(name)
    if not written:
        return ""
    words = _syllables(written) if is_han(written) else written.split()
    return " ".join(_letters(word) for word in words)


@lru_cache(maxsize=1 << 15)
def sound(name: str) -> str:
    """What two names share when they are read alike, whatever stands first: all letters, sorted."""
    return "".join(sorted(spelled(name).replace(" ", "")))


def _syllables(written: str) -> list[str]:
    for length in (2, 1):
        surname = written[:length]
        if surname in _readings() and len(written) > length:
            return [*_readings()[surname].split(), *lazy_pinyin(written[length:])]
    return [str(one) for one in lazy_pinyin(written)]


def _letters(word: str) -> str:
    """Letters only; ü as it stands in passports (LYU, NYU) and on keyboards (lv) is the u of both."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
    return re.sub(r"(?<=[ln])(?:v|yu)\b", "u", re.sub(r"[^a-z]", "", bare.casefold()))
