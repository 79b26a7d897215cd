"""The policy pack of this installation: its texts, labels and examples, and which of its texts were adopted.

It is about nobody, so it needs no scope. It is read once for each state of its files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from time import monotonic

import pyarrow as pa
from django.conf import settings

from sizao.facts.schemas import arrow_schema
from sizao.policy.adopting import adopt_as_recorded
from sizao.policy.examples import Example, parse_examples
from sizao.policy.loading import load_pack
from sizao.policy.model import Policy, RuleVersion
from sizao.policy.problems import PackProblems
from sizao.store.packs import read_pack, read_packs_beside
from sizao.store.problems import FolderProblems
from sizao.terms.words import Words
from sizao_web.records.models import FACT_MODELS
from sizao_web.settings.clock import bare

LOOKED_AFTER = 5.0  # seconds until the files are looked at again: a page asks hundreds of times

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Pack:
    """A pack as its files state it."""

    policy: Policy
    texts: Mapping[str, str]
    beside: Mapping[str, Mapping[str, str]]  # the packs on which it may rest, by name

    def version_on(self, rule: str, day: date) -> RuleVersion | None:
        """The text of a rule in force on a day, adopted or not."""
        for version in self.policy.rules[rule]:
            until = version.in_force_until
            if version.in_force_from <= day and (until is None or day < until):
                return version
        return None

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """Every example, in order of the files; reading them takes longer than the rules."""
        return parse_examples(self.texts, self.policy.zone, self.beside)[0]

    @cached_property
    def setting(self) -> Mapping[str, tuple[Mapping[str, object], ...]]:
        """The facts that stand in every example."""
        if not self.examples:
            return {}
        first, *others = (one.situation.facts for one in self.examples)
        return {
            fact: tuple(row for row in rows if all(row in other.get(fact, ()) for other in others))
            for fact, rows in first.items()
        }


_held: tuple[Path, float, Pack] | None = None  # the pack in use, and until when its files are not looked at


def pack_in_use() -> Pack:
    """The pack named by SIZAO_PACK. One that does not load stops whoever asks, with every problem in it."""
    global _held
    folder, held = settings.SIZAO.pack, _held
    if held is not None and held[0] is folder and monotonic() < held[1]:
        return held[2]
    found = _loaded(Path(folder), _stamp(Path(folder)))
    _held = (folder, monotonic() + LOOKED_AFTER, found)
    return found


def policy_in_use() -> Policy:
    """The rules of the pack in use."""
    return pack_in_use().policy


def shelf() -> dict[str, Pack | None]:
    """Every pack beside the one in use, by name, in order; None for one that does not load.

    They are read, compared and tried; what an installation works with is SIZAO_PACK.
    """
    folder = Path(settings.SIZAO.pack)
    return _shelf(folder.parent, _stamp(folder))


@lru_cache(maxsize=2)
def _shelf(shelf: Path, stamp: Stamp) -> dict[str, Pack | None]:
    found: dict[str, Pack | None] = {}
    for folder in sorted(one.parent for one in shelf.glob("*/pack.yaml")):
        try:
            found[folder.name] = _loaded(folder, stamp)
        except (PackProblems, FolderProblems):
            found[folder.name] = None
    return found


@lru_cache(maxsize=64)
def _loaded(folder: Path, stamp: Stamp) -> Pack:
    texts, beside = read_pack(folder), read_packs_beside(folder)
    return Pack(load_pack(texts, beside), texts, beside)


def _stamp(folder: Path) -> Stamp:
    """What changes when a file of the pack changes, or of one beside it: it may rest on them."""
    files = sorted(folder.parent.rglob("*.yaml"))
    return tuple((str(one), one.stat().st_mtime_ns, one.stat().st_size) for one in files)


def adopted_texts(known_by: datetime) -> frozenset[tuple[str, str]]:
    """(rule, digest) of the texts of the pack that were adopted by then."""
    schema = arrow_schema("adoptions")
    rows = FACT_MODELS["adoptions"]._default_manager.values(*schema.names)
    plain = [{name: _plain(value) for name, value in row.items()} for row in rows]
    found = adopt_as_recorded(policy_in_use(), pa.Table.from_pylist(plain, schema), bare(known_by))
    return frozenset((version.rule, version.digest) for version in found.policy.versions())


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return bare(value)
    return value if isinstance(value, int | str | date | None) else str(value)


SEEN_FOR = "care.seen_for"
"""Parameter: days for which a place still sees somebody who was there."""


def number_on(parameter: str, day: date) -> float | None:
    """The number that the pack in use states for a parameter on a day; None where it states none."""
    return number_of(policy_in_use(), parameter, day)


def number_of(policy: Policy, parameter: str, day: date) -> float | None:
    """The number that a pack states for a parameter on a day; None where it states none."""
    stated = [one for one in policy.parameters.get(parameter, ()) if one.since <= day]
    value = stated[-1].value if stated else None
    return value if isinstance(value, int | float) else None


def rule_label(rule: str, version: int | None = None) -> Words:
    """What a rule is called; its id where the pack in use does not have it any more."""
    texts = policy_in_use().rules.get(rule, ())
    found: RuleVersion | None = next((one for one in texts if one.number == version), None)
    chosen = found or (texts[-1] if texts else None)
    return chosen.label if chosen else Words(rule, rule)


def verb_label(verb: str) -> Words:
    """What a verb is called; its id where the pack in use does not have it any more."""
    found = policy_in_use().verbs.get(verb)
    return found.label if found else Words(verb, verb)


def rule_labels() -> dict[str, Words]:
    """Every rule of the pack in use, in order of its id."""
    return {rule: rule_label(rule) for rule in sorted(policy_in_use().rules)}


def verb_labels() -> dict[str, Words]:
    """Every verb of the pack in use, in the order of the pack."""
    return {name: verb.label for name, verb in policy_in_use().verbs.items()}
