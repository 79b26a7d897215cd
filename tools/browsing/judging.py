"""What every page must be, whatever it is about: judged in the browser, as sentences about what is wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path

import pyarrow as pa
from tools.browsing.watching import WIDTHS, Visitor

from sizao.facts.dictionary import FACTS
from sizao_web.demo.building import TRAVELLERS
from sizao_web.demo.city_files import PROPOSED_BECAUSE, city

AXE = Path(__file__).resolve().parents[2] / "tests" / "journeys" / "vendor" / "axe.min.js"
JUDGE = Path(__file__).with_name("judging.js")
GRAVE = ("serious", "critical")

_RAW = re.compile(r"\{\{|\}\}|\{%|%\}|\bNone\b|\bundefined\b|\bNaN\b|\[object|Words\(|&lt;|\bQuerySet\b")
_CODE = re.compile(r"(?<![./\w])[a-z]+_[a-z_]+(?![./\w])")  # with a dot: a parameter, with a slash: an office
# Pages that quote names of columns: a sheet's headings are its sender's own words.
_QUOTING = re.compile("/facts/dictionary/|/deliveries/")
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff，。；：、（）《》！？]")
_ENGLISH = re.compile(r"\b[A-Za-z]+(?: [a-z]{2,}){2,}")


BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


def judged(visitor: Visitor, language: str, *, axe_at: Collection[str] = tuple(WIDTHS)) -> Iterator[str]:
    """What is wrong with the page that is open, at both widths; its notes are emptied.

    axe_at: the widths at which axe looks too. It takes as long as everything else together.
    """
    for script in (*((AXE,) if axe_at else ()), JUDGE):
        visitor.page.evaluate(_text(script))
    for width, (across, down) in WIDTHS.items():
        visitor.page.set_viewport_size({"width": across, "height": down})
        visitor.page.evaluate("judge.drawn()")
        yield from (f"{width}: {one}" for one in layout(visitor, down))
        if width in axe_at:
            yield from (f"{width}: {one}" for one in accessibility(visitor))
    yield from words(visitor, language)
    yield from noticed(visitor)


@cache
def _text(script: Path) -> str:
    return script.read_text(encoding="utf-8")


def layout(visitor: Visitor, height: int) -> Iterator[str]:
    """The page is no wider than the window, no word of what is pressed or read as a name is cut off, and of a
    list the first row is there without scrolling."""
    wider, cut, first = visitor.page.evaluate("[judge.wider(), judge.cut(), judge.firstRow()]")
    yield from (f"wider than the window: {one}" for one in wider)
    yield from (f"words cut off: {one}" for one in cut)
    if first is not None and sum(first) > height:
        yield f"the first row begins at {first[0]} px of {height}"


def accessibility(visitor: Visitor) -> Iterator[str]:
    """What axe finds serious or critical."""
    for impact, rule, nodes in visitor.page.evaluate("judge.axe()"):
        if impact in GRAVE:
            yield f"axe {rule} ({impact}): {' | '.join(nodes)}"


@lru_cache(maxsize=1)
def untranslated() -> tuple[str, ...]:
    """Names, addresses and reasons that somebody wrote: they are in no page's language. The longest first."""
    files = list(city("Asia/Shanghai", BEGINNING))
    found = {said for one in files for name in one.names for said in (name.name, name.address)}
    tables = [table for one in files for table in one.tables.values()]
    found.add(PROPOSED_BECAUSE)
    found |= {said for one in TRAVELLERS for said in one[:1]} | {f"000000-{n}（虚构）" for n in range(100)}
    found |= {f"7车0{n}A" for n in range(9)}
    found |= {reason for table in tables for reason in table["reason"].to_pylist() if reason}
    found |= {said for one in files for fact, table in one.tables.items() for said in _written(fact, table)}
    return tuple(sorted(found, key=len, reverse=True))


def _written(fact: str, table: pa.Table) -> Iterator[str]:
    """What somebody wrote into a fact in words of their own: notes, tasks, numbers of documents."""
    for column in ("note", "task", "evidence", "meeting", "basis"):
        if column in {one.name for one in FACTS[fact].columns}:
            yield from (text for text in table[column].to_pylist() if text)


def words(visitor: Visitor, language: str) -> Iterator[str]:
    """No template and no code shows through, and nothing is said in the other language."""
    stated = visitor.page.get_attribute("html", "lang") or ""
    if visitor.page.get_attribute("html", "data-languages"):
        return  # kept by the browser for when there is no connection, whoever then needs it
    if not stated.startswith(language):
        yield f"the page says that it is in {stated or 'no language'}, not in {language}"
    other = "zh" if language == "en" else "en"
    texts: list[str] = visitor.page.evaluate("other => judge.texts(other)", other)
    wrong = _CJK if language == "en" else _ENGLISH
    for text in [*texts, visitor.page.title()]:
        if not any(one.search(text) for one in (_RAW, _CODE, wrong)):
            continue
        shown = _without_names(text)[:120]
        if _RAW.search(shown):
            yield f"shows what only a program should see: {shown}"
        elif (found := _CODE.search(shown)) and not _QUOTING.search(visitor.page.url):
            yield f"shows the code {found.group()} instead of a word: {shown}"
        elif wrong.search(shown):
            yield f"not in {language}: {shown}"


def _without_names(text: str) -> str:
    if text in ("中文", "English"):
        return ""  # each language is called as its speakers call it
    for name in (*untranslated(), "Sizao 四早"):
        text = text.replace(name, "…")
    return text


def noticed(visitor: Visitor) -> Iterator[str]:
    """What the browser noticed since it was last asked."""
    notes = visitor.notes
    yield from (f"asks another host: {one}" for one in notes.elsewhere)
    yield from (f"breaks its content security policy: {one}" for one in visitor.broken_rules())
    yield from (f"error in the console: {one[:200]}" for one in notes.console)
    yield from (f"a script fails: {one[:200]}" for one in notes.failed)
    yield from (f"{status} for {address}" for status, address in notes.answers if status >= 400)
    notes.clear()
