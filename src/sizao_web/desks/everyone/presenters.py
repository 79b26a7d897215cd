"""Words and colours of this desk's pages."""

from __future__ import annotations

from sizao.facts.declaration import Fact
from sizao.facts.dictionary import FACTS
from sizao.obligations.recorded import Row
from sizao.obligations.telling import Teller, capital
from sizao.terms.words import Words
from sizao_web.records.reading.timeline import Entry, told
from sizao_web.settings.clock import bare


def short(fact: Fact) -> Words:
    """What a fact is called: its meaning up to the colon."""
    zh, en = fact.meaning.zh.split("：")[0], fact.meaning.en.split(":")[0]
    return Words(zh, en)


def rest(fact: Fact) -> Words:
    """What its meaning says beyond its name; empty where it says no more."""
    zh, en = fact.meaning.zh.partition("：")[2], fact.meaning.en.partition(":")[2].strip()
    return Words(zh, en[:1].upper() + en[1:])


def timeline_words(entry: Entry, teller: Teller) -> str:
    """What one entry of a timeline says; of a sample, when it was taken and what was found."""
    if entry.fact == "sample_members":
        return _tube(entry, teller)
    row = entry.row or Row(entry.fact, entry.key, told(entry.last), bare(entry.last["known_at"]))
    said = teller.fact(row)
    # On the person's own page, under the name of the fact, neither is said again.
    name = short(FACTS[entry.fact]).get(teller.language) + teller.say("：", ": ")
    person = capital(teller.named("person", entry.last["person"])) + teller.say("", " ")
    return capital(said.removeprefix(name).removeprefix(person))


def _tube(entry: Entry, teller: Teller) -> str:
    tube, result = entry.parts.get("samples"), entry.parts.get("results")
    said = teller.say(f"采样（{entry.last['sample']}", f"Sampled ({entry.last['sample']}")
    if tube is not None:
        said += teller.say("，", ", ") + teller.code("sample_kinds", tube["kind"])
    said += teller.say("）", ")")
    if result is None:
        return said + teller.say("，尚无结果", ", no result yet")
    at = teller.at(bare(result["resulted_at"]))
    found = teller.code("test_results", result["result"])
    return said + teller.say(f"，结果{found}，{at}出具", f", {found}, resulted at {at}")
