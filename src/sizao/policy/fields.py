"""Typed values of a map of a pack: each reader gives the value, or notes what is wrong and gives None."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from sizao.facts.declaration import Words
from sizao.policy.problems import Fix, nearest
from sizao.policy.texts import Entry, Item, Map, Problems, Scalar, Seq, without

_UNIT_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
_OTHER_UNITS = {
    **dict.fromkeys(("hour", "hours", "hr", "hrs", "小时", "时"), "h"),
    **dict.fromkeys(("m", "mins", "minute", "minutes", "分", "分钟"), "min"),
    **dict.fromkeys(("day", "days", "天", "日"), "d"),
}
_NOUNS = {
    "column": Words("列", "column"),
    "extends": Words("包", "pack"),
    "fact": Words("事实", "fact"),
    "grade": Words("等级", "grade"),
    "level": Words("响应级别", "response level"),
    "mark": Words("标记", "mark"),
    "measure": Words("措施", "measure"),
    "office": Words("机构职责", "office task"),
    "parameter": Words("参数", "parameter"),
    "place": Words("管控方式", "place of restriction"),
    "reading": Words("事实或读数", "fact or reading"),
    "rule": Words("规则", "rule"),
    "selector": Words("机构选择方式", "way to choose an office"),
    "source": Words("出处", "source"),
    "step": Words("步骤", "step"),
    "unit": Words("单位", "unit"),
    "verb": Words("动词", "verb"),
    "zone": Words("时区", "time zone"),
}
_TRUE, _FALSE = ("true", "yes"), ("false", "no")


class Fields:
    """One map with the keys it may and must have. `what` names it in messages."""

    def __init__(
        self,
        item: Item,
        what: Words,
        problems: Problems,
        keys: Iterable[str],
        required: Iterable[str] = (),
        obvious: Mapping[str, str] | None = None,
        at: Item | None = None,
    ) -> None:
        self.problems = problems
        self.what = what
        self.where = at or item
        self.map = item if isinstance(item, Map) else None
        if self.map is None:
            tell_shape(item, what, Words("一组“键: 值”", "a map of keys and values"), problems)
            return
        known = tuple(keys)
        lost = self._unknown(known)
        for key in required:
            if key not in self.map.entries and key not in lost:
                self._missing(key, (obvious or {}).get(key))

    def _unknown(self, known: tuple[str, ...]) -> set[str]:
        """Tells unknown keys; gives the known keys that they were probably meant to be."""
        assert self.map is not None
        meant: set[str] = set()
        free = [key for key in known if key not in self.map.entries]
        before = None
        for name, entry in self.map.entries.items():
            if name not in known and self._comma(before, entry):
                continue
            before = entry.value
            if name in known:
                continue
            near = nearest(name, free)
            if near:
                meant.add(near)
                fix = Fix(entry.key.source.file, entry.key.start, entry.key.end, near)
            else:
                fix = without(entry.key, entry.value)
            self.problems.add(
                "unknown_key",
                entry.key,
                Words(f"{self.what.zh}没有键“{name}”", f'{self.what.en} has no key "{name}"'),
                found=name,
                expected=known,
                near=near,
                fix=fix,
            )
        return meant

    def _comma(self, before: Item | None, entry: Entry) -> bool:
        """A text with a comma in { } without quotes: what follows the comma reads as a key without value."""
        if not isinstance(before, Scalar) or not before.plain or entry.key.start < before.end:
            return False
        if not isinstance(entry.value, Scalar) or entry.value.text:
            return False
        raw = before.source.text
        if raw[before.end : entry.key.start].strip() != ",":
            return False
        whole = raw[before.start : entry.key.end].replace("\\", "\\\\").replace('"', '\\"')
        self.problems.add(
            "comma",
            entry.key,
            Words("文字中有逗号，须加引号", "the text has a comma in it: put it in quotes"),
            found=entry.key.text,
            expected=(f'"{whole}"',),
            fix=Fix(before.source.file, before.start, entry.key.end, f'"{whole}"'),
        )
        return True

    def _missing(self, key: str, obvious: str | None) -> None:
        assert self.map is not None
        self.problems.add(
            "missing_key",
            self.where,
            Words(f"{self.what.zh}缺少“{key}”", f'{self.what.en} needs "{key}"'),
            expected=(key,),
            fix=None if obvious is None else self.map.insertion(f"{key}: {obvious}"),
        )

    def __contains__(self, key: str) -> bool:
        return self.map is not None and key in self.map.entries

    def item(self, key: str) -> Item | None:
        return None if self.map is None else self.map.get(key)

    def key(self, key: str) -> Item:
        """The place of a key, or of the whole when it is missing."""
        if self.map is None or key not in self.map.entries:
            return self.where
        return self.map.entries[key].key

    def sub(self, key: str) -> Map | None:
        """The map under a key."""
        item = self.item(key)
        if item is None or isinstance(item, Map):
            return item
        named = Words(f"{self.what.zh}的“{key}”", f'"{key}" of {self.what.en}')
        tell_shape(item, named, Words("一组“键: 值”", "a map of keys and values"), self.problems)
        return None

    def scalar(self, key: str) -> Scalar | None:
        item = self.item(key)
        return None if item is None else one_word(item, key, self.problems)

    def text(self, key: str) -> str | None:
        scalar = self.scalar(key)
        return None if scalar is None else scalar.text.strip()

    def words(self, key: str) -> Words | None:
        item = self.item(key)
        return None if item is None else words_of(item, key, self.problems)

    def many(self, key: str) -> tuple[Item, ...]:
        """The items of a list; a single word is a mistake with an obvious fix."""
        item = self.item(key)
        if item is None:
            return ()
        if isinstance(item, Seq):
            return item.items
        tell_shape(item, Words(f"“{key}”", f'"{key}"'), Words("列表", "a list"), self.problems)
        return ()

    def choice(self, key: str, options: Iterable[str], kind: str = "choice") -> str | None:
        scalar = self.scalar(key)
        return None if scalar is None else chosen(scalar, options, self.problems, kind)

    def date(self, key: str) -> date | None:
        scalar = self.scalar(key)
        return None if scalar is None else date_of(scalar, self.problems)

    def integer(self, key: str, least: int = 0) -> int | None:
        scalar = self.scalar(key)
        return None if scalar is None else integer_of(scalar, self.problems, least)

    def duration(self, key: str) -> timedelta | None:
        scalar = self.scalar(key)
        return None if scalar is None else duration_of(scalar, self.problems)

    def flag(self, key: str, default: bool) -> bool:
        scalar = self.scalar(key)
        if scalar is None:
            return default
        word = chosen(scalar, (*_TRUE, *_FALSE), self.problems, "flag")
        return default if word is None else word in _TRUE


def tell_shape(item: Item, what: Words, wanted: Words, problems: Problems) -> None:
    """Notes that a list, a map or a word stands where something else is needed."""
    problems.add(
        "shape",
        item,
        Words(f"{what.zh}应为{wanted.zh}", f"{what.en} must be {wanted.en}"),
        found={Map: "map", Seq: "list", Scalar: "word"}.get(type(item), ""),
        expected=(wanted.en,),
        fix=_listing(item) if wanted.en == "a list" else None,
    )


def one_word(item: Item, what: str, problems: Problems) -> Scalar | None:
    """A word that is not empty; a list or map in its place is a mistake."""
    if isinstance(item, Scalar) and item.text.strip() and item.text.strip() != "~":
        return item
    if isinstance(item, Scalar):
        problems.add("empty", item, Words(f"“{what}”没有值", f'"{what}" has no value'), expected=(what,))
    else:
        problems.add(
            "shape",
            item,
            Words(f"“{what}”应为一个值", f'"{what}" must be one value'),
            found="list" if isinstance(item, Seq) else "map",
            fix=_single(item),
        )
    return None


def words_of(item: Item, what: str, problems: Problems) -> Words | None:
    """Words in Chinese and English; both must be there."""
    fields = Fields(item, Words(f"“{what}”", f'"{what}"'), problems, ("zh", "en", "mark"), ("zh", "en"))
    zh, en = fields.text("zh"), fields.text("en")
    return None if zh is None or en is None else Words(zh, en)


def chosen(
    scalar: Scalar,
    options: Iterable[str],
    problems: Problems,
    kind: str = "choice",
    likely: str | None = None,
) -> str | None:
    """One of the options. likely: what is suggested when no option is like the word."""
    known = tuple(options)
    word = scalar.text.strip()
    if word in known:
        return word
    near = nearest(word, known) or likely
    noun = _NOUNS.get(kind, Words("词", "word"))
    problems.add(
        kind,
        scalar,
        Words(f"此处没有名为“{word}”的{noun.zh}", f'there is no {noun.en} "{word}" here'),
        found=word,
        expected=known,
        near=near,
        fix=None if near is None else replaced(scalar, near),
    )
    return None


def date_of(scalar: Scalar, problems: Problems) -> date | None:
    """A civil day as 2020-06-18."""
    word = scalar.text.strip()
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", word)
    day = None
    if found:
        try:
            day = date(*(int(part) for part in found.groups()))
        except ValueError:
            day = None
    if day is not None and day.isoformat() == word:
        return day
    problems.add(
        "date",
        scalar,
        Words(f"“{word}”不是日期", f'"{word}" is not a day'),
        found=word,
        expected=("2020-06-18",),
        near=None if day is None else day.isoformat(),
        fix=None if day is None else replaced(scalar, day.isoformat()),
    )
    return None


def integer_of(scalar: Scalar, problems: Problems, least: int = 0) -> int | None:
    """A whole number of at least `least`."""
    word = scalar.text.strip()
    if re.fullmatch(r"-?\d{1,9}", word) and int(word) >= least:
        return int(word)
    inside = re.match(r"\d{1,9}", word)
    near = inside.group() if inside and int(inside.group()) >= least else None
    problems.add(
        "number",
        scalar,
        Words(f"“{word}”不是不小于{least}的整数", f'"{word}" is not a whole number of at least {least}'),
        found=word,
        expected=(f"{least}, {least + 1}, ...",),
        near=near,
        fix=None if near is None else replaced(scalar, near),
    )
    return None


def duration_of(scalar: Scalar, problems: Problems) -> timedelta | None:
    """Elapsed time as 24h, 30min, 2d or PT12H."""
    word = scalar.text.strip()
    found = re.fullmatch(r"(\d{1,6})(s|min|h|d)", word)
    if found:
        return timedelta(seconds=int(found.group(1)) * _UNIT_SECONDS[found.group(2)])
    found = re.fullmatch(r"PT(\d{1,6})([HMS])", word)
    if found:
        return timedelta(seconds=int(found.group(1)) * {"H": 3600, "M": 60, "S": 1}[found.group(2)])
    found = re.fullmatch(r"(\d{1,6})\s*([^\d\s]+)", word)
    unit = _OTHER_UNITS.get(found.group(2).lower()) if found else None
    near = f"{found.group(1)}{unit}" if found and unit else None
    if word == "0":
        near = "0h"
    problems.add(
        "duration",
        scalar,
        Words(f"“{word}”不是时长", f'"{word}" is not a duration'),
        found=word,
        expected=("30min", "24h", "2d"),
        near=near,
        fix=None if near is None else replaced(scalar, near),
    )
    return None


def replaced(item: Item, words: str) -> Fix:
    """The edit that writes `words` in the place of an item."""
    return Fix(item.source.file, item.start, item.end, words)


def _listing(item: Item) -> Fix | None:
    if not isinstance(item, Scalar) or not item.plain or "\n" in item.text:
        return None
    return replaced(item, f"[{item.text}]")


def _single(item: Item) -> Fix | None:
    if isinstance(item, Seq) and len(item.items) == 1 and isinstance(item.items[0], Scalar):
        return replaced(item, item.items[0].text)
    return None
