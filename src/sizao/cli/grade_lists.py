"""`sizao grade match`: a published list of risk areas becomes announced grades, every row accounted for."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from sizao.cli.grades import FactsFolder
from sizao.cli.grades import app as app
from sizao.cli.options import Json, Language, Zone, day_of
from sizao.cli.screen import Screen, Wrong
from sizao.intake.formulas import harmless
from sizao.intake.sheets import Sheet, read_sheet
from sizao.risk.lists import Account, Announced, Spell, announced
from sizao.risk.look_up import EVER, divisions_of, recorded
from sizao.store.folder import open_folder
from sizao.store.running import run

COLUMNS = ("level", "province", "city", "county", "community", "first_seen", "last_seen")
HEADER = ("graded", "grade", "from_on", "until_on", "counts_upward", "announced_by")
List = Annotated[
    Path,
    typer.Argument(
        help="A sheet with level, province, city, county, community, first_seen and last_seen.",
        metavar="LIST",
    ),
]
OutFolder = Annotated[Path, typer.Option("--out", help="Folder for area_grades.csv and unmatched.csv.")]
Covered = Annotated[
    list[str] | None,
    typer.Option(
        "--covered",
        help="Days that the list covers, 2022-04-15/2022-10-14, both included; may be given again. On these "
        "days everything that is not listed has the lowest grade; on all others the grade is not known.",
    ),
]
Root = Annotated[str, typer.Option("--of", help="The area that the list is about.")]
Lowest = Annotated[str, typer.Option("--lowest", help="The grade of what is not listed.")]
By = Annotated[str, typer.Option("--announced-by", help="Office that published the list.")]


@app.command("match")
def match_list(
    context: typer.Context,
    sheet: List,
    facts: FactsFolder,
    out: OutFolder,
    covered: Covered = None,
    root: Root = "cn",
    lowest: Lowest = "low",
    by: By = "published-list",
    zone: Zone = "Asia/Shanghai",
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """Match a published list to the areas on record; what fits none, and what contradicts itself, is told."""
    screen: Screen = context.obj
    spells = list(spells_of(read_sheet(sheet), sheet))
    areas = run(recorded(EVER), open_folder(facts, zone=zone))["areas"]
    rows, account = announced(spells, divisions_of(areas))
    windows = [_window(one) for one in covered or ()]
    out.mkdir(parents=True, exist_ok=True)
    write_grades(out / "area_grades.csv", rows, windows, root=root, lowest=lowest, by=by)
    write_unmatched(out / "unmatched.csv", account.unmatched)
    if as_json:
        screen.json({**vars(account), "unmatched": [[*names, n] for names, n in account.unmatched.items()]})
        return
    _say(screen, account, len(rows), windows)


def spells_of(sheet: Sheet, path: Path) -> Iterable[Spell]:
    """The rows of a list as spells. Wrong, with the line, when a column is missing or a moment is none."""
    missing = [name for name in COLUMNS if name not in sheet.columns]
    if missing:
        raise Wrong(
            f"{path}: the columns {', '.join(missing)} are missing. A list has {', '.join(COLUMNS)}.",
            f"{path}：缺少列{'、'.join(missing)}。名单应有：{'、'.join(COLUMNS)}。",
        )
    for line, cells in zip(sheet.lines.to_pylist(), sheet.cells.to_pylist(), strict=True):
        try:
            first, last = (datetime.fromisoformat(cells[name] or "") for name in COLUMNS[-2:])
        except ValueError as cause:
            raise Wrong(
                f"{path}:{line}: first_seen and last_seen must be moments such as 2022-04-15 11:00, or days.",
                f"{path}:{line}：first_seen和last_seen应为时刻（如2022-04-15 11:00）或日期。",
            ) from cause
        level, province, city, county, community = (cells[name] or "" for name in COLUMNS[:5])
        yield Spell(level, province, city, county, community, first, last)


def write_grades(
    path: Path,
    rows: Sequence[Announced],
    covered: Sequence[tuple[date, date]],
    *,
    root: str,
    lowest: str,
    by: str,
) -> None:
    """A sheet for `sizao intake --as area_grades`: the listed places, and the whole area on covered days."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for first, last in covered:
            writer.writerow(_texts(root, lowest, first, last + timedelta(days=1), "false", by))
        listed = {(one.graded, one.grade, one.from_on, one.until_on, "false", by) for one in rows}
        writer.writerows(_texts(*row) for row in sorted(listed))


def write_unmatched(path: Path, unmatched: Mapping[tuple[str, str, str], int]) -> None:
    """The names that fit no area on record, each with the number of its rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("province", "city", "county", "rows"))
        writer.writerows(_texts(*names, count) for names, count in sorted(unmatched.items()))


def _texts(*cells: object) -> list[object]:
    return [harmless(cell) if isinstance(cell, str) else cell for cell in cells]


def _window(text: str) -> tuple[date, date]:
    first, _, last = text.partition("/")
    begin, end = day_of(first, "--covered"), day_of(last or first, "--covered")
    if end < begin:
        raise Wrong(
            f"--covered {text}: it ends before it begins. Give the earlier day first.",
            f"--covered {text}：止日早于起日，请先写较早的日期。",
        )
    return begin, end


def _say(screen: Screen, account: Account, grades: int, windows: Sequence[tuple[date, date]]) -> None:
    how = {
        "exact": screen.say("名称相符", "names fit"),
        "shifted": screen.say("直辖市，列错位", "municipality, columns shifted"),
        "in_province": screen.say("县在省内相符", "county found in the province"),
        "in_city": screen.say("非行政区划，归其市", "no division, held under its city"),
        "unmatched": screen.say("没有相符的区划", "fits no division"),
        "no_names": screen.say("没有地名", "without names"),
    }
    screen.table(
        (screen.say("如何对应", "how matched"), screen.say("行数", "rows")),
        [(words, account.how.get(key, 0)) for key, words in how.items()]
        + [(screen.say("合计", "all"), account.rows)],
    )
    screen.text(
        screen.say(
            f"得{grades}条定级，{account.places}个地点。一行含多栋楼：{account.several}行。"
            f"同一名单中两级并列：{account.contradictory}对（{account.places_contradictory}个地点，取最高）；"
            f"当日改级：{account.changed_in_a_day}对；重复：{account.repeated}对。",
            f"{grades} grades of {account.places} places. Rows with several buildings: {account.several}. "
            f"At two levels in one list: {account.contradictory} pairs "
            f"({account.places_contradictory} places; the highest counts). "
            f"Changed within a day: {account.changed_in_a_day} pairs. Repeated: {account.repeated} pairs.",
        )
    )
    if not windows:
        screen.note(
            screen.say(
                "没有写--covered：未列出的地点一律不明。",
                "No --covered was given: whatever is not listed stays not known.",
            )
        )
