"""What `sizao compare` shows: what differs, for whom, what it burdens, and examples to be told one by one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa

from sizao.cli.burdens import show_four_weeks
from sizao.cli.deriving import Answer, remarks
from sizao.cli.screen import SHORT_ID, Heading, Screen, records
from sizao.obligations.compare import REASONS
from sizao.obligations.explain import STATUSES
from sizao.terms.codes import CODE_LISTS
from sizao.terms.time import local_time
from sizao.terms.words import Words

KINDS = {
    "added": ("新增", "added"),
    "removed": ("消失", "removed"),
    "changed": ("变化", "changed"),
    "newly_bound": ("新受限", "newly bound"),
    "released": ("解除", "released"),
    "stricter": ("更严", "stricter"),
    "looser": ("更宽", "looser"),
    "longer": ("更长", "longer"),
    "shorter": ("更短", "shorter"),
}
PLACES = CODE_LISTS["restriction_places"]
# What may differ between two sides, in words; what proves or waives a row only when nothing else differs.
TOLD = {
    "opens_at": Words("{0}起", "from {0}"),
    "due_at": Words("期限{0}", "due {0}"),
    "closes_at": Words("至{0}", "until {0}"),
    "place": Words("{0}", "{0}"),
    "done_by": Words("由{0}负责", "by {0}"),
    "met_by": Words("证明{0}", "proof {0}"),
    "waived_by": Words("豁免{0}", "waiver {0}"),
    "rule_version": Words("文本{0}", "text {0}"),
}
ONLY_ALONE = ("met_by", "waived_by", "rule_version")


def show_comparison(
    screen: Screen, found: dict[str, pa.Table], before: Answer, after: Answer, parts: int
) -> None:
    """Everything that differs, as tables; what a reader must know about both sides comes last."""
    say = screen.say
    labels = {**after.verbs, **before.verbs}

    def kind(row: dict[str, Any]) -> str:
        return say(*KINDS[row["kind"]])

    def reason(row: dict[str, Any]) -> str:
        return REASONS[row["reason"]].get(screen.language)

    def verb(row: dict[str, Any]) -> str:
        label = labels.get(row["verb"])
        return str(row["verb"]) if label is None else label.get(screen.language)

    screen.table(
        (
            say("规则", "rule"),
            say("要做什么", "what"),
            say("变化", "change"),
            say("原因", "reason"),
            say("项数", "rows"),
            say("对象数", "about"),
        ),
        [
            (r["rule"], verb(r), kind(r), reason(r), r["row_count"], r["abouts"])
            for r in records(found["by_rule"])
        ],
        title=say("任务的变化", "Obligations that differ"),
    )
    bound = found["bound"].group_by("kind").aggregate([("person", "count")]).to_pylist()
    screen.table(
        (say("人员", "people"), say("人数", "number")),
        [(kind(r), r["person_count"]) for r in sorted(bound, key=lambda r: list(KINDS).index(r["kind"]))],
        title=say("受限人员的变化", "People whose restriction differs"),
    )
    _show_burden(screen, found["burden"])
    show_four_weeks(screen, found)
    _show_rooms(screen, found["rooms"], before.zone, parts)
    examples = records(found["examples"])
    stated = any(_stated(r) for r in examples)
    screen.table(
        (
            say("规则", "rule"),
            say("要做什么", "what"),
            say("对象", "about"),
            say("变化", "change"),
            say("原因", "reason"),
            *([say("说明", "stated")] if stated else []),
            say("之前", "before"),
            say("之后", "after"),
            Heading(say("编号", "id"), whole=True),
        ),
        [
            (
                r["rule"],
                verb(r),
                r["about"],
                kind(r),
                reason(r),
                *([_stated(r)] if stated else []),
                *_sides(screen, r, before.zone),
                r["obligation_id"][:SHORT_ID],
            )
            for r in examples
        ],
        title=say("举例", "Examples"),
    )
    screen.note(say(f"时间均为当地时间（{before.zone}）。", f"Times are local times of {before.zone}."))
    for note in dict.fromkeys([*remarks(screen, before), *remarks(screen, after)]):
        screen.note(note)


def _show_burden(screen: Screen, burden: pa.Table) -> None:
    say = screen.say
    screen.table(
        (
            say("规则", "rule"),
            say("一方", "side"),
            say("限制人日", "person-days"),
            say("受限人数", "people"),
            say("检测", "tests"),
            say("填表", "forms"),
            say("上门", "visits"),
        ),
        [
            (
                r["rule"] or say("（合计，不重复）", "(all, counted once)"),
                _side(screen, r["side"]),
                r["person_days"],
                r["persons"],
                # Only person-days are summed over rules; the other sums would be the columns'.
                *((r["tests"], r["forms"], r["visits"]) if r["rule"] else (None, None, None)),
            )
            for r in _side_by_side(burden, "rule")
            if r["rule"] or r["person_days"]
        ],
        title=say("负担", "Burden"),
    )


def _show_rooms(screen: Screen, rooms: pa.Table, zone: str, parts: int) -> None:
    say = screen.say
    listed = _side_by_side(rooms, "area")
    screen.table(
        (
            say("地区", "area"),
            say("一方", "side"),
            say("高峰用房", "rooms at the peak"),
            say("高峰时间", "when"),
            say("容量", "capacity"),
            say("不足", "too few"),
        ),
        [
            (
                r["area"],
                _side(screen, r["side"]),
                r["rooms_at_peak"],
                local_time(r["peak_at"], zone),
                r["capacity"],
                r["too_few"],
            )
            for r in listed
        ],
        title=say("集中隔离用房", "Rooms for central quarantine"),
    )
    if any(r["capacity"] is None for r in listed):
        screen.note(
            say(
                f"“–”：该级地区（路径前{parts}级）没有登记隔离点容量，是否不足不得而知；"
                "可用--area-parts换一级汇总。",
                f"–: for areas of {parts} parts no capacity of a site is recorded, so whether rooms are too "
                "few is not known; --area-parts sums over other areas.",
            )
        )


def _side_by_side(table: pa.Table, column: str) -> list[dict[str, Any]]:
    """Rows in order of a column, before in front of after."""
    return sorted(records(table), key=lambda row: (row[column] or "", row["side"] != "before"))


def _side(screen: Screen, side: str) -> str:
    return screen.say("之前", "before") if side == "before" else screen.say("之后", "after")


def _stated(row: dict[str, Any]) -> str | None:
    """The reason that a source gave, or the fact that ended the row."""
    if row["stated_reason"] or row["reason"] != "ended_subject" or not row["ended_by"]:
        return row["stated_reason"] or None
    fact, _, key = row["ended_by"].partition(":")
    return f"{fact}:{key[:SHORT_ID]}"


def _sides(screen: Screen, row: dict[str, Any], zone: str) -> tuple[str, str]:
    """Both sides with what differs between them: always the status, and of the rest whatever is not the same;
    where one side has no row, the limit of the other."""
    alone = row["kind"] != "changed"
    told = [
        (column, words)
        for column, words in TOLD.items()
        if (alone and column == "due_at") or (not alone and row[f"before_{column}"] != row[f"after_{column}"])
    ]
    if len(told) > 1:
        told = [(column, words) for column, words in told if column not in ONLY_ALONE]

    def side(name: str) -> str:
        status = row[f"{name}_status"]
        if status is None:
            return "–"
        parts = [STATUSES[status].get(screen.language)]
        for column, words in told:
            parts.append(words.get(screen.language).format(_value(screen, row[f"{name}_{column}"], zone)))
        return screen.say("，", ", ").join(parts)

    return side("before"), side("after")


def _value(screen: Screen, value: Any, zone: str) -> str:
    if value is None:
        return screen.say("无", "none")
    if isinstance(value, datetime):
        return f"{local_time(value, zone):%Y-%m-%d %H:%M}"
    if value in PLACES.names():
        return PLACES.label_of(value).get(screen.language)
    fact, colon, key = str(value).partition(":")
    return f"{fact}:{key[:SHORT_ID]}" if colon else fact
