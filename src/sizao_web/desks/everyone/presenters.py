"""Words and colours of this desk's pages."""

from __future__ import annotations

from sizao.facts.declaration import Fact
from sizao.terms.words import Words


def short(fact: Fact) -> Words:
    """What a fact is called: its meaning up to the colon."""
    zh, en = fact.meaning.zh.split("：")[0], fact.meaning.en.split(":")[0]
    return Words(zh, en)


def rest(fact: Fact) -> Words:
    """What its meaning says beyond its name; empty where it says no more."""
    zh, en = fact.meaning.zh.partition("：")[2], fact.meaning.en.partition(":")[2].strip()
    return Words(zh, en[:1].upper() + en[1:])
