"""The policy in force: of the pack of this installation the texts that adoptions on record adopted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
from django.conf import settings

from sizao.policy.adopting import Adoption, adopt_as_recorded
from sizao.policy.loading import load_pack
from sizao.policy.model import Policy
from sizao.store.packs import read_pack, read_packs_beside

_read: dict[Path, tuple[tuple[object, ...], Policy]] = {}


@dataclass(frozen=True)
class InForce:
    """The texts that count at a moment. digest: of the pack and of which of its texts are adopted."""

    policy: Policy
    adoption: Adoption
    digest: str


def pack() -> Policy:
    """The pack of this installation with all its texts, read again when a file of it changed."""
    folder = Path(settings.SIZAO.pack)
    stamp = tuple(
        (str(file), file.stat().st_mtime_ns, file.stat().st_size)
        for file in sorted(folder.parent.rglob("*.yaml"))
    )
    if folder not in _read or _read[folder][0] != stamp:
        _read[folder] = (stamp, load_pack(read_pack(folder), read_packs_beside(folder)))
    return _read[folder][1]


def in_force(adoptions: pa.Table, known_by: datetime) -> InForce:
    """What counts of the pack by the adoptions known by then."""
    adoption = adopt_as_recorded(pack(), adoptions, known_by)
    digest = sha256(adoption.policy.digest.encode())
    for version in adoption.policy.versions():
        digest.update(f"\n{version.rule} {version.digest}".encode())
    return InForce(adoption.policy, adoption, digest.hexdigest()[:12])


def changed_rules(before: Policy | None, after: Policy, digest_before: str, digest_after: str) -> set[str]:
    """Rules of which other texts count than at the run before.

    before: the policy of that run where this process still has it. Where not, and the digests say that it was
    another one, every rule may be such a rule.
    """
    if digest_before == digest_after:
        return set()
    if before is None:
        return set(after.rules)
    return {rule for rule in after.rules if _texts(before, rule) != _texts(after, rule)}


def _texts(policy: Policy, rule: str) -> list[tuple[object, ...]]:
    versions = policy.rules.get(rule, ())
    return [(one.digest, one.in_force_from, one.in_force_until) for one in versions]
