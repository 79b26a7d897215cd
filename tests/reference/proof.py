"""Section 4: what proves a row, what covers a span, who waived it, and the one status that follows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from reference.expressions import Asked
from reference.facts import Key, Row, World, hex_key
from reference.rows import Obligation
from sizao.policy.model import Proof, Rolling, Verb

Stretch = tuple[datetime, datetime]


@dataclass
class Coverage:
    """What is known of a span's cover up to as_of."""

    in_place: bool = False
    covered_until: datetime | None = None
    gaps: int = 0
    edges: list[datetime] = field(default_factory=list)  # beginnings and ends of proof intervals


def verb_of(row: Obligation) -> Verb:
    if row.parent is not None:
        assert row.step.escalation is not None
        return row.step.escalation.verb
    return row.step.verb


def proof_of(row: Obligation) -> Proof:
    if row.parent is not None:
        assert row.step.escalation is not None
        return row.step.escalation.proof
    return row.step.proof


def proofs_about(world: World, proof: Proof, about: str, trigger: Row | None = None) -> list[Row]:
    """Every believed row that satisfies the condition, is about the same one and matches the trigger, by (at,
    key)."""
    found = [
        row
        for row in world.rows(proof.reading)
        if world.same(row[proof.subject], about)
        and row[proof.at] is not None
        and (proof.where is None or Asked(world, row).answer(proof.where) is True)
        and (proof.match is None or _matches(world, row[proof.match[0]], trigger, proof.match[1]))
    ]
    return sorted(found, key=lambda row: (world.as_instant(row[proof.at]), row.key))


def _matches(world: World, said: str | None, trigger: Row | None, column: str) -> bool:
    assert trigger is not None
    wanted = trigger[column]
    return said is not None and wanted is not None and world.same(said, wanted)


def happened(world: World, proof: Proof, about: str, trigger: Row | None = None) -> list[Row]:
    """Those of them that happened by as_of."""
    found = proofs_about(world, proof, about, trigger)
    return [row for row in found if _at(world, proof, row) <= world.as_of]


def _at(world: World, proof: Proof, row: Row) -> datetime:
    at = world.as_instant(row[proof.at])
    assert at is not None
    return at


# -- points ----------------------------------------------------------------------------------------


Taken = dict[tuple[str, str | None], set[Key]]


def prove_points(world: World, rows: list[Obligation], taken: Taken) -> None:
    """Fill met_at and met_by. `taken`: the proofs of each (verb, about) that earlier stages have used up."""
    for row in rows:
        if isinstance(row.step.timing, Rolling) and row.parent is None:
            _prove_by_next_anchor(world, row)
        elif not proof_of(row).exclusive:
            _met_by(world, row, _filling(world, row, set()))
    exclusive = [row for row in rows if proof_of(row).exclusive and not _rolls(row)]
    for row in sorted(exclusive, key=lambda row: (row.due, row.key)):
        used = taken[verb_of(row).name, world.canonical(row.about)]
        filling = _filling(world, row, used)
        if filling:
            used |= {proof.key for proof in filling}
        _met_by(world, row, filling)


def _rolls(row: Obligation) -> bool:
    return isinstance(row.step.timing, Rolling) and row.parent is None


def new_taken() -> Taken:
    return defaultdict(set)


def _filling(world: World, row: Obligation, used: set[Key]) -> list[Row] | None:
    """The greedy chain of free proofs in the row's window, when it fills the count."""
    proof = proof_of(row)
    ends = [instant for instant in (row.closes, row.ends_at) if instant is not None]
    chain: list[Row] = []
    for found in happened(world, proof, row.about, row.trigger):
        at = _at(world, proof, found)
        if at < row.opens - proof.look_back or any(at >= end for end in ends) or found.key in used:
            continue
        if not chain or at >= _at(world, proof, chain[-1]) + proof.min_gap:
            chain.append(found)
        if len(chain) == proof.count:
            return chain
    return None


def _met_by(world: World, row: Obligation, filling: list[Row] | None) -> None:
    if filling:
        row.met_by = filling[-1]
        row.met_at = _at(world, proof_of(row), filling[-1])


def _prove_by_next_anchor(world: World, row: Obligation) -> None:
    if row.next_anchor is None:
        return
    at = _at(world, row.step.proof, row.next_anchor)
    if all(at < end for end in (row.closes, row.ends_at) if end is not None):
        row.met_at, row.met_by = at, row.next_anchor


# -- spans -----------------------------------------------------------------------------------------


def cover(world: World, row: Obligation) -> Coverage:
    """Fill met_at and met_by of a span and say how it is covered up to as_of."""
    proof, found = row.step.proof, Coverage()
    assert proof.until is not None
    assert row.closes is not None
    pieces: list[Stretch] = []
    for interval in proofs_about(world, proof, row.about):
        at, until = _at(world, proof, interval), world.as_instant(interval[proof.until])
        found.edges += [at] if until is None else [at, until]
        begin = max(at, row.opens)
        end = row.closes if until is None else min(until, row.closes)
        if begin >= end or begin > world.as_of:
            continue
        if row.met_by is None:
            row.met_at, row.met_by = begin, interval
        if begin <= world.as_of < end:
            found.in_place = True
        pieces.append((begin, min(end, world.as_of)))
    stretches = merged(pieces)
    if stretches:
        found.covered_until = stretches[-1][1]
        until = min(world.as_of, row.closes)
        starts = [begin for begin, _ in stretches[1:]] + [until]
        holes = [start - end for (_, end), start in zip(stretches, starts, strict=True)]
        tolerance = row.step.verb.gap_tolerance
        found.gaps = sum(1 for hole in holes if hole > tolerance)
    return found


def merged(pieces: list[Stretch]) -> list[Stretch]:
    """Touching and overlapping stretches become one."""
    joined: list[Stretch] = []
    for begin, end in sorted(pieces):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((begin, end))
    return joined


# -- waivers ---------------------------------------------------------------------------------------


def covering_waivers(world: World, row: Obligation) -> list[Row]:
    """Valid waivers that name the row, live or not, by (from_at, key)."""
    if not row.version.waivable:
        return []
    found = [w for w in world.rows("waivers") if _is_valid(world, w) and _covers(world, w, row)]
    return sorted(found, key=lambda w: (w["from_at"], w.key))


def _is_valid(world: World, waiver: Row) -> bool:
    """Two persons from two offices, on a ground of the pack's list."""
    by, office = waiver["decided_by"], waiver["decided_office"]
    second, second_office = waiver["approved_by"], waiver["approved_office"]
    present = None not in (by, office, second, second_office)
    return present and by != second and office != second_office and waiver["ground"] in world.policy.grounds


def _covers(world: World, waiver: Row, row: Obligation) -> bool:
    if waiver["obligation"] is not None:
        return waiver["obligation"] == hex_key(row.key)
    if waiver["rule"] != row.version.rule:
        return False
    if waiver["about"] is not None and not world.same(waiver["about"], row.about):
        return False
    return waiver["from_at"] <= row.due < waiver["until_at"]


# -- status ----------------------------------------------------------------------------------------


def status_of_point(world: World, row: Obligation, waived: bool) -> str:
    as_of = world.as_of
    if row.met_at is not None:
        return "met" if row.met_at < row.due else "met_late"
    if as_of < row.opens:
        return "upcoming"
    if waived:
        return "waived"
    if as_of < row.due:
        return "open"
    return "overdue" if row.closes is None or as_of < row.closes else "missed"


def status_of_span(world: World, row: Obligation, coverage: Coverage, waived: bool) -> str:
    as_of = world.as_of
    assert row.closes is not None
    if as_of < row.opens:
        return "upcoming"
    in_time = row.met_at is not None and (row.met_at < row.due or row.met_at == row.opens)
    placed = "met" if in_time else "met_late"
    if as_of < row.closes:
        if coverage.in_place:
            return placed
        status = "open" if as_of < row.due and row.met_at is None else "overdue"
    elif row.met_at is not None and coverage.gaps == 0:
        return placed
    else:
        status = "missed"
    return "waived" if waived else status


def next_change(
    world: World, row: Obligation, coverage: Coverage | None, waivers: list[Row]
) -> datetime | None:
    """The earliest instant after as_of at which the status can change without a new fact."""
    as_of = world.as_of
    live = coverage is not None and row.closes is not None and row.opens <= as_of < row.closes
    if row.status in ("met", "met_late") and not live:
        return None
    instants = [row.opens, row.due] + ([] if row.closes is None else [row.closes])
    if row.parent is None and row.step.escalation is not None:
        escalates = row.due + row.step.escalation.after
        instants += [escalates] if row.ends_at is None or escalates < row.ends_at else []
    for waiver in waivers:
        instants += [waiver["from_at"], waiver["until_at"]]
    if live and coverage is not None:
        instants += coverage.edges
    return min((instant for instant in instants if instant > as_of), default=None)
