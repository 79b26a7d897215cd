"""Which texts of a pack count: those adopted by a moment. Adoption is a fact with an instant of its own,
and takes effect at its `happened_at`, which may lie ahead when it is decided.

This is the only place that decides it; `derive` takes the policy as it comes out of here.
Statement: docs/explanation/semantics.md, section 2, Adoption.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pyarrow as pa

from sizao.policy.model import Policy, RuleVersion
from sizao.terms.identifiers import hex_key
from sizao.terms.words import Words

_COLUMNS = (
    "pack",
    "rule",
    "version",
    "adopted_by",
    "approved_by",
    "key_hi",
    "key_lo",
    "action",
    "source_version",
    "happened_at",
    "known_at",
    "fact_id",
)

Link = Mapping[str, Any]


@dataclass(frozen=True)
class Ignored:
    """An adoption that adopts nothing, and why. cite: `adoptions:` and the 32 hex digits of its key."""

    cite: str
    rule: str
    version: str
    why: Words


@dataclass(frozen=True)
class Adoption:
    """A pack as adopted by a moment.

    policy: with the texts that count, each window ended by the next of them. texts: how many the pack has.
    from_beginning: no adoption counts, so that all texts count from the beginning of time.
    """

    policy: Policy
    texts: int
    from_beginning: bool
    ignored: tuple[Ignored, ...]

    @property
    def adopted(self) -> int:
        """How many texts count."""
        return len(self.policy.versions())


def adopt(policy: Policy, adoptions: pa.Table, known_by: datetime) -> Adoption:
    """The texts of a pack adopted by `known_by` (UTC). Numbers and digests of texts stay as they are.

    adoptions: the fact table, all rows; those known later are not looked at. One that counts names a text
    of the pack by its digest, was decided and approved by two persons, and is of a pack without gaps; it
    adopts from its `happened_at` on. Others are as if never written, and listed. A pack of which none
    counts, nor counted before it was retracted, is adopted from the beginning of time: who hands in a folder
    and a pack wants to see what it would do.
    """
    found, ever_counted = _adopted(policy, adoptions, known_by)
    return found if ever_counted else replace(found, policy=policy, from_beginning=True)


def adopt_as_recorded(policy: Policy, adoptions: pa.Table, known_by: datetime) -> Adoption:
    """As `adopt`, but without an adoption that counts nothing is in force: an installation binds people."""
    return _adopted(policy, adoptions, known_by)[0]


def _adopted(policy: Policy, adoptions: pa.Table, known_by: datetime) -> tuple[Adoption, bool]:
    """What the adoptions say, and whether one of them ever counted."""
    known = {(version.rule, version.digest) for version in policy.versions()}
    adopted: set[tuple[str, str]] = set()
    ignored: list[Ignored] = []
    ever_counted = False
    for key, links in _chains(adoptions, known_by):
        said = [link for link in links if link["action"] != "retract"][-1]
        if said["pack"] != policy.pack:
            continue
        retracted = links[-1]["action"] == "retract"
        why = _why_not(said, policy, known)
        ever_counted = ever_counted or why is None
        if why is None and not retracted and _in_effect(said, known_by):
            adopted.add((said["rule"], said["version"]))
        elif why is not None and not retracted:
            ignored.append(Ignored(f"adoptions:{hex_key(*key)}", said["rule"], said["version"], why))
    rules = {}
    for rule, versions in policy.rules.items():
        kept = [version for version in versions if (rule, version.digest) in adopted]
        if kept:
            rules[rule] = capped(kept)
    return Adoption(replace(policy, rules=rules), len(known), False, tuple(ignored)), ever_counted


def _chains(adoptions: pa.Table, known_by: datetime) -> Iterable[tuple[tuple[int, int], list[Link]]]:
    """The links known by then of each key, in order; a chain whose `record` is not known yet waits.

    Keys come before packs: a retraction may leave its own columns empty, a correction may name another pack.
    """
    chains: dict[tuple[int, int], list[Link]] = {}
    for link in adoptions.select(_COLUMNS).to_pylist():
        if link["known_at"] <= known_by:
            chains.setdefault((link["key_hi"], link["key_lo"]), []).append(link)
    for key in sorted(chains):
        links = sorted(chains[key], key=lambda one: (one["source_version"], one["known_at"], one["fact_id"]))
        if any(link["action"] == "record" for link in links):
            yield key, links


def _in_effect(link: Link, known_by: datetime) -> bool:
    return link["happened_at"] is None or bool(link["happened_at"] <= known_by)


def _why_not(link: Link, policy: Policy, known: set[tuple[str, str]]) -> Words | None:
    """Why an adoption does not count; None when it does."""
    if policy.gaps:
        return Words(
            "该包有缺口，不能采纳：先补齐缺口",
            "the pack has gaps and cannot be adopted: close the gaps first",
        )
    if not link["adopted_by"] or not link["approved_by"] or link["adopted_by"] == link["approved_by"]:
        return Words(
            "决定人与批准人须为两人：由另一人批准后重新登记",
            "it takes two persons, one who decides and one who approves: have it approved and recorded anew",
        )
    if (link["rule"], link["version"]) not in known:
        return Words(
            "该包没有此规则文本：用 sizao policy show --json 查看各文本的摘要",
            "the pack has no such text of this rule: sizao policy show --json gives the digests of its texts",
        )
    return None


def capped(versions: list[RuleVersion]) -> tuple[RuleVersion, ...]:
    """The versions in order of their dates, each window as written but ended by the next text."""
    done = []
    for number, version in enumerate(versions):
        until = version.stated_until
        if number + 1 < len(versions):
            following = versions[number + 1].in_force_from
            until = following if until is None else min(until, following)
        done.append(replace(version, in_force_until=until))
    return tuple(done)
