"""The parts by which a person is found: of names, documents and telephone numbers, written in one way.

A Chinese name is found whole and by its first two or three characters; a name in letters by each of its
words, with and without accents; a document or a telephone number whole and by its last four. Nobody is found
by a surname of one character: it would list a tenth of a street, and the commonest hash would name itself.
Finding a Chinese name by its pinyin is planned.
"""

from __future__ import annotations

import re
import unicodedata

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\D")
SHORTEST = 2
"""Characters of a Chinese name, letters of a word: fewer find nobody."""


def parts_of(name: str | None, document: str | None, telephone: str | None) -> tuple[str, ...]:
    """The parts of what somebody is known by, each once."""
    parts = _parts_of_name(name or "")
    if document and (plain := plain_document(document)):
        parts += [f"document:{plain}", f"four:{plain[-4:]}"]
    if telephone and (plain := plain_telephone(telephone)):
        parts += [f"telephone:{plain}", f"four:{plain[-4:]}"]
    return tuple(dict.fromkeys(parts))


def sought_in(text: str) -> list[tuple[str, ...]]:
    """What somebody typed to find a person: of each word the parts one of which must be found."""
    plain = unicodedata.normalize("NFKC", text).strip()
    compact = re.sub(r"[\s\-]", "", plain)
    if re.fullmatch(r"\+?[0-9A-Za-z]{4,}", compact) and re.search(r"[0-9]", compact):
        if len(compact) == 4:
            return [(f"four:{compact.upper()}",)]
        return [(f"document:{plain_document(compact)}", f"telephone:{plain_telephone(compact)}")]
    if _HAN.search(plain):
        return [(f"name:{_joined(plain)}",)] if len(_joined(plain)) >= SHORTEST else []
    return [(f"name:{word}",) for word in _words(plain) if len(word) >= SHORTEST]


def plain_document(text: str) -> str:
    """Capitals and digits only, so that x and X, spaces and full-width digits make no difference."""
    return re.sub(r"[^0-9A-Z]", "", unicodedata.normalize("NFKC", text).upper())


def plain_telephone(text: str) -> str:
    """Digits only, without the country's number before a mobile number of the mainland."""
    digits = _DIGITS.sub("", unicodedata.normalize("NFKC", text))
    for before in ("0086", "86"):
        if digits.startswith(before) and len(digits) == len(before) + 11:
            return digits[len(before) :]
    return digits


def _parts_of_name(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", name).strip()
    if not plain:
        return []
    if _HAN.search(plain):
        whole = _joined(plain)
        starts = [whole[:length] for length in (2, 3) if length < len(whole)]
        return [f"name:{one}" for one in (whole, *starts) if len(one) >= SHORTEST]
    words = _words(plain)
    return [f"name:{word}" for word in (*words, *(_bare(word) for word in words)) if len(word) >= SHORTEST]


def _joined(name: str) -> str:
    """Characters without spaces and without the dot between the parts of a name."""
    return "".join(_WORD.findall(name)).casefold()


def _words(name: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(unicodedata.normalize("NFC", name))]


def _bare(word: str) -> str:
    """Without accents."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))
