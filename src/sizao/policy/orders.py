"""The orders of the two directives: their phrases, and what is typed about those that nothing answers yet.

`orders.yaml` beside this module holds them: id -> zh (the phrase), en (its meaning), and for an order that
nothing answers either `planned` (what is missing) or `context` (why nothing here could answer it).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sizao.policy.problems import PackProblems, nearest
from sizao.policy.texts import Item, Map, Problems, Scalar, read
from sizao.terms.words import Words

FILE = "orders.yaml"
HIGHEST = {"D1": 71, "D2": 100}  # how many orders each directive has
MOST_CONTEXT = 12  # so many orders may be context only

_KEYS = ("zh", "en", "planned", "context")


@dataclass(frozen=True)
class Order:
    """One order. text: its phrase in Chinese, its meaning in English."""

    id: str
    text: Words
    planned: Words | None = None
    context: Words | None = None


def parse_orders(text: str) -> tuple[Order, ...]:
    """The orders of the file's text, in its order. PackProblems tells every mistake in it."""
    problems = Problems()
    whole = read(FILE, text, problems)
    found = []
    for name, entry in whole.entries.items() if isinstance(whole, Map) else ():
        if not re.fullmatch(r"D[12]-\d{2,3}", name):
            words = Words(f"“{name}”不是指令条目编号", f'"{name}" is not the id of an order')
            problems.add("order", entry.key, words, found=name, expected=("D1-01",))
        order = _order(name, entry.value, problems)
        if order is not None:
            found.append(order)
    if listed := tuple(problems):
        raise PackProblems(listed)
    return tuple(found)


def _order(name: str, item: Item, problems: Problems) -> Order | None:
    text = _words(item, problems, _KEYS)
    if text is None or not isinstance(item, Map):
        return None
    typed = {
        key: _words(item.entries[key].value, problems)
        for key in ("planned", "context")
        if key in item.entries
    }
    if len(typed) == 2:
        words = Words("planned与context只能写一个", "an order is planned or context only, not both")
        problems.add("order", item.entries["context"].key, words, found="context")
    return Order(name, text, typed.get("planned"), typed.get("context"))


def _words(item: Item, problems: Problems, keys: tuple[str, ...] = ("zh", "en")) -> Words | None:
    zh, en = (item.get(key) if isinstance(item, Map) else None for key in ("zh", "en"))
    if not isinstance(zh, Scalar) or not isinstance(en, Scalar) or not zh.text or not en.text:
        words = Words("应有zh和en两种文字", "the words are needed in both languages: zh and en")
        problems.add("order", item, words, expected=("zh", "en"))
        return None
    for key, entry in item.entries.items() if isinstance(item, Map) else ():
        if key not in keys:
            words = Words(f"没有“{key}”这个键", f'there is no key "{key}"')
            problems.add("order", entry.key, words, found=key, expected=keys, near=nearest(key, keys))
    return Words(zh.text, en.text)
