"""Which texts of a pack count: those adopted by a moment. Adoption is a fact with an instant of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pyarrow as pa

from sizao.policy.model import Policy, RuleVersion

_COLUMNS = (
    "pack",
    "rule",
    "version",
    "key_hi",
    "key_lo",
    "action",
    "source_version",
    "known_at",
    "fact_id",
)


def adopt(policy: Policy, adoptions: pa.Table, known_by: datetime) -> Policy:
    """The policy with the versions adopted by `known_by` (UTC), each window ended by the next adopted text.

    adoptions: the fact table, all rows. A pack without a row in it is adopted from the beginning of time;
    a pack whose rows all became known later has no text in force. Numbers and digests stay as they are.
    """
    rows = [row for row in adoptions.select(_COLUMNS).to_pylist() if row["pack"] == policy.pack]
    if not rows:
        return policy
    adopted = _adopted(row for row in rows if row["known_at"] <= known_by)
    rules = {}
    for rule, versions in policy.rules.items():
        kept = [
            replace(version, adopted_at=adopted[rule, version.digest])
            for version in versions
            if (rule, version.digest) in adopted
        ]
        if kept:
            rules[rule] = capped(kept)
    return replace(policy, rules=rules)


def _adopted(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], datetime]:
    """(rule, digest) -> when its adoption first became known, of the effective rows."""
    chains: dict[tuple[int, int], list[Mapping[str, Any]]] = {}
    for row in rows:
        chains.setdefault((row["key_hi"], row["key_lo"]), []).append(row)
    found: dict[tuple[str, str], datetime] = {}
    for links in chains.values():
        if all(link["action"] != "record" for link in links):
            continue
        last = max(links, key=lambda link: (link["source_version"], link["known_at"], link["fact_id"]))
        if last["action"] == "retract":
            continue
        what = (str(last["rule"]), str(last["version"]))
        first: datetime = min(link["known_at"] for link in links)
        found[what] = min(first, found.get(what, first))
    return found


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
