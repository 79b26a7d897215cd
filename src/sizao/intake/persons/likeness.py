"""How alike two records of people are: one level for each field, a probability, and the reasons in words.

The method is Fellegi and Sunter's (A Theory for Record Linkage, JASA 64, 1969): each field that both records
have adds the logarithm of how much likelier its level of agreement is between records of one person than
between those of two; the sum, less the doubt before anything was compared, is a probability.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.fuzz import token_set_ratio

from sizao.intake.persons import names, telephones
from sizao.intake.persons.documents import document
from sizao.intake.persons.weights import Weights
from sizao.terms.words import Words

CLOSE_NAME = 0.9  # Jaro-Winkler, from which on two spellings are slips of one another
CLOSE_ADDRESS = 85  # of 100, of the words two addresses share
LONGEST_SURE = 60.0  # bits; more of them is not more certain


@dataclass(frozen=True)
class Said:
    """What somebody is known by, as it was written. Empty text is as good as None."""

    name: str | None = None
    document: str | None = None
    telephone: str | None = None
    birth_on: date | None = None
    address: str | None = None
    sex: str | None = None

    @property
    def born(self) -> date | None:
        """The birth date, as stated or as the document has it."""
        held = document(self.document) if self.document else None
        return self.birth_on or (held.birth_on if held else None)

    @property
    def of_sex(self) -> str | None:
        """The sex, as stated or as the document has it; None where it is stated not to be known."""
        held = document(self.document) if self.document else None
        return self.sex if self.sex in ("male", "female") else (held.sex if held else None)


@dataclass(frozen=True)
class Likeness:
    """score: the probability that it is one person, 0 to 1. levels: field -> how far it agrees."""

    score: float
    levels: Mapping[str, str]

    @property
    def reasons(self) -> tuple[Words, ...]:
        """What agrees and what does not, for people; none of it says what stands in a record."""
        return tuple(WORDS[field, level] for field, level in self.levels.items())

    def is_sure(self, weigh: Weights) -> bool:
        """Whether it is one person without anybody being asked."""
        return (
            self.score >= weigh.the_same_from
            and self.levels.get("name") in weigh.names_needed
            and not self.contradicts(weigh)
        )

    def is_asked(self, weigh: Weights) -> bool:
        """Whether somebody should look at the two."""
        name, held = self.levels.get("name"), self.levels.get("document")
        if held in weigh.documents_asked:
            return True
        asked = name in weigh.names_needed or (name in weigh.names_asked and not self.contradicts(weigh))
        return asked and self.score >= weigh.ask_from

    def contradicts(self, weigh: Weights) -> bool:
        """Whether a field says that it is somebody else."""
        return any(self.levels.get(field) in levels for field, levels in weigh.contradictions.items())


def compare(one: Said, other: Said, weigh: Weights) -> Likeness:
    """The likeness of two records. A field that either of them lacks says nothing."""
    levels = {field: level for field, look in _FIELDS if (level := look(one, other)) is not None}
    bits = sum(weigh.bits[field][level] for field, level in levels.items()) - weigh.doubt
    bits = max(-LONGEST_SURE, min(LONGEST_SURE, bits))
    return Likeness(1 / (1 + 2**-bits), MappingProxyType(levels))


def name_level(one: str | None, other: str | None) -> str | None:
    """same, order (of its words), script (characters and letters), sound, close or different."""
    if not one or not other:
        return None
    first, second = names.plain(one), names.plain(other)
    if not first or not second:
        return None
    if first == second:
        return "same"
    read, heard = names.spelled(one), names.spelled(other)
    if _joined(read) == _joined(heard):
        return "sound" if names.is_han(first) and names.is_han(second) else "script"
    if names.sound(one) == names.sound(other) and _reordered(read, heard):
        return "order"
    return "close" if JaroWinkler.similarity(_joined(read), _joined(heard)) >= CLOSE_NAME else "different"


def _joined(spelled: str) -> str:
    return spelled.replace(" ", "")


def _reordered(one: str, other: str) -> bool:
    """Whether the parts of one name are the other's in another order, however each of them is parted."""
    first, second = _joined(one), other.split()
    turns = (_joined(" ".join(second[place:] + second[:place])) for place in range(1, len(second)))
    if first in turns:
        return True
    words, whole = one.split(), _joined(other)
    return whole in (_joined(" ".join(words[place:] + words[:place])) for place in range(1, len(words)))


def _name(one: Said, other: Said) -> str | None:
    return name_level(one.name, other.name)


def _document(one: Said, other: Said) -> str | None:
    if not one.document or not other.document:
        return None
    first, second = document(one.document), document(other.document)
    if first is None or second is None:
        return None
    if first.number == second.number:
        return "same"
    slip = _slip(first.number, second.number)
    if slip is not None and not (first.valid and second.valid):
        return slip  # two numbers that both pass their check are two numbers, however close
    # A passport is renewed under another number; a resident's number is for life.
    return "different" if first.kind == second.kind == "resident" else "not_comparable"


def _birth(one: Said, other: Said) -> str | None:
    first, second = one.born, other.born
    if first is None or second is None:
        return None
    if first == second:
        return "same"
    digits = first.strftime("%Y%m%d"), second.strftime("%Y%m%d")
    if (first.month, first.day) == (second.day, second.month) and first.year == second.year:
        return "swapped"
    return _slip(*digits) or ("year" if first.year == second.year else "different")


def _sex(one: Said, other: Said) -> str | None:
    if one.of_sex is None or other.of_sex is None:
        return None
    return "same" if one.of_sex == other.of_sex else "different"


def _telephone(one: Said, other: Said) -> str | None:
    if not one.telephone or not other.telephone:
        return None
    first, second = telephones.plain(one.telephone), telephones.plain(other.telephone)
    if first == second:
        return "same"
    return "one_digit" if _slip(first, second) else "different"


def _address(one: Said, other: Said) -> str | None:
    if not one.address or not other.address:
        return None
    first, second = address_parts(one.address), address_parts(other.address)
    if first == second:
        return "same"
    ratio = token_set_ratio(" ".join(first), " ".join(second))
    if ratio < CLOSE_ADDRESS:
        return "different"
    numbers = [tuple(part for part in parts if part.isdigit()) for parts in (first, second)]
    return "same" if numbers[0] == numbers[1] and ratio >= 99 else "close"


def _slip(one: str, other: str) -> str | None:
    """one_digit or swapped, where one sign or two neighbours tell the two apart."""
    if len(one) != len(other) or OSA.distance(one, other, score_cutoff=1) != 1:
        return None
    return "swapped" if sorted(one) == sorted(other) else "one_digit"


@lru_cache(maxsize=1 << 14)
def address_parts(text: str) -> tuple[str, ...]:
    """The parts of an address: its numbers, and what stands between its levels (省 市 区 街 路 号 室 …)."""
    written = unicodedata.normalize("NFKC", text).casefold().translate(names.variants())
    return tuple(_PARTS.findall(written))


_LEVELS = "省市区县旗镇乡村街道路巷弄号栋幢座单元楼层室组社区小区园院"
_PARTS = re.compile(rf"[0-9]+|[a-z]+|[^\W\d_a-z{_LEVELS}]+")

_FIELDS: tuple[tuple[str, Callable[[Said, Said], str | None]], ...] = (
    ("document", _document),
    ("name", _name),
    ("birth_on", _birth),
    ("sex", _sex),
    ("telephone", _telephone),
    ("address", _address),
)

WORDS: Mapping[tuple[str, str], Words] = MappingProxyType(
    {
        ("document", "same"): Words("证件号码相同", "the same document"),
        ("document", "one_digit"): Words("证件号码差一位", "one digit of the document differs"),
        ("document", "swapped"): Words("证件号码有两位对调", "two digits of the document are swapped"),
        ("document", "not_comparable"): Words(
            "证件种类不同或已换发，不能比较", "documents of two kinds, or renewed: not comparable"
        ),
        ("document", "different"): Words("证件号码不同", "another document"),
        ("name", "same"): Words("姓名相同", "the same name"),
        ("name", "order"): Words("姓名相同，先后不同", "the same name, its parts in another order"),
        ("name", "script"): Words("姓名读音相同（汉字与拼音）", "the same name in characters and in letters"),
        ("name", "sound"): Words("姓名读音相同，用字不同", "a name read alike, in other characters"),
        ("name", "close"): Words("姓名相近", "a name that is close"),
        ("name", "different"): Words("姓名不同", "another name"),
        ("birth_on", "same"): Words("出生日期相同", "the same birth date"),
        ("birth_on", "swapped"): Words("出生日期数字对调", "digits of the birth date are swapped"),
        ("birth_on", "one_digit"): Words("出生日期差一位", "one digit of the birth date differs"),
        ("birth_on", "year"): Words("只有出生年份相同", "only the year of birth agrees"),
        ("birth_on", "different"): Words("出生日期不同", "another birth date"),
        ("sex", "same"): Words("性别相同", "the same sex"),
        ("sex", "different"): Words("性别不同", "another sex"),
        ("telephone", "same"): Words("电话相同", "the same telephone number"),
        ("telephone", "one_digit"): Words("电话差一位", "one digit of the telephone number differs"),
        ("telephone", "different"): Words("电话不同", "another telephone number"),
        ("address", "same"): Words("住址相同", "the same address"),
        ("address", "close"): Words("住址相近", "an address that is close"),
        ("address", "different"): Words("住址不同", "another address"),
    }
)
"""Field and level -> what it says."""
