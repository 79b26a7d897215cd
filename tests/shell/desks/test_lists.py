"""Lists show what the reader answers for; the count, the pages and the files are the same rows."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from sizao.intake.formulas import LIVE
from sizao_web.desks.everyone.lists import KINDS
from sizao_web.pages import exports
from sizao_web.records.models import AuditEntry, Standing, TooLate, Unknown

HERE, THERE = "drill/county-1/street/community-1", "drill/county-1/street/community-2"
LISTS = "/lists/obligations/"


def rows_of(response: Any) -> list[str]:
    cells = re.findall(r'<td role="cell" class="cell-about[^>]*>(.*?)</td>', response.content.decode(), re.S)
    return [re.sub("<.*?>", "", cell) for cell in cells]


def total_of(response: Any) -> int:
    found = re.search(r'class="list-total"[^>]* data-total="(\d+)"', response.content.decode())
    assert found
    return int(found[1])


def file_of(response: Any) -> bytes:
    return b"".join(response.streaming_content)


@pytest.fixture
def worker(person_in_office: Any, browser: Any) -> Any:
    return browser(person_in_office("community", HERE))


def test_the_overdue_come_first_then_the_earlier_due(worker: Any, obligation: Any) -> None:
    for about, status in (("later", "upcoming"), ("now", "open"), ("late", "overdue")):
        obligation(about, status)
    shown = rows_of(worker.get(f"{LISTS}all/"))
    assert shown == ["late", "now", "later"]


@pytest.mark.parametrize("which", KINDS)
def test_every_list_opens_also_when_it_is_empty(worker: Any, which: str) -> None:
    response = worker.get(f"{LISTS}{which}/")
    assert response.status_code == 200
    assert "empty-state" in response.content.decode()


def test_the_count_is_the_number_of_rows_on_all_pages(worker: Any, obligation: Any) -> None:
    for number in range(57):
        obligation(f"p{number}")
    first, second, past = (worker.get(f"{LISTS}to-do/?size=25&page={page}") for page in (1, 2, 99))
    assert (total_of(first), len(rows_of(first)), len(rows_of(second)), len(rows_of(past))) == (57, 25, 25, 7)
    assert not set(rows_of(first)) & set(rows_of(second))


def test_a_neighbour_neither_sees_nor_counts_nor_takes_out(
    person_in_office: Any, browser: Any, obligation: Any
) -> None:
    obligation("mine", area=HERE)
    obligation("theirs", area=THERE)
    reader = browser(person_in_office("community", THERE))
    assert total_of(reader.get(f"{LISTS}to-do/")) == 1
    assert "mine" not in file_of(reader.get(f"{LISTS}to-do/?as=csv")).decode()


def test_a_filter_narrows_rows_count_and_file_alike(worker: Any, obligation: Any) -> None:
    obligation("a", verb="test", rule="contact-tests")
    obligation("b")
    asked = f"{LISTS}to-do/?verb=test&text=&area={HERE}&due_by=2020-11-10T12:00"
    response = worker.get(asked)
    assert (total_of(response), len(rows_of(response))) == (1, 1)
    assert len(file_of(worker.get(f"{asked}&as=csv")).decode("utf-8-sig").splitlines()) == 2


def test_a_filter_that_cannot_be_read_shows_nothing_and_says_what_to_type(
    worker: Any, obligation: Any
) -> None:
    obligation("a")
    response = worker.get(f"{LISTS}to-do/?due_by=tomorrow")
    assert not rows_of(response)
    assert 'value="tomorrow"' in response.content.decode()
    assert "2020-11-10 12:00" in response.content.decode()


def test_a_file_holds_the_whole_list_and_not_the_page(worker: Any, obligation: Any) -> None:
    for number in range(60):
        obligation(f"p{number}")
    response = worker.get(f"{LISTS}to-do/?size=25&as=csv")
    content = file_of(response)
    assert content.startswith(b"\xef\xbb\xbf")
    assert len(list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))) == 61
    assert "-60-rows.csv" in response["Content-Disposition"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(file_of(worker.get(f"{LISTS}to-do/?as=xlsx"))))
    assert len(book.get_sheet_by_index(0).to_python()) == 61


def test_a_list_longer_than_a_sheet_goes_on_in_the_next(
    worker: Any, obligation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "SHEET_ROWS", 4)
    for number in range(10):
        obligation(f"p{number}")
    book = CalamineWorkbook.from_filelike(io.BytesIO(file_of(worker.get(f"{LISTS}to-do/?as=xlsx"))))
    assert [len(book.get_sheet_by_index(place).to_python()) for place in range(3)] == [5, 5, 3]


@pytest.mark.parametrize("start", LIVE)
def test_text_that_looks_like_a_formula_stays_text(worker: Any, obligation: Any, start: str) -> None:
    payload = f"{start}1+cmd|' /C calc'!A0"
    obligation(payload)
    rows = list(csv.reader(io.StringIO(file_of(worker.get(f"{LISTS}to-do/?as=csv")).decode("utf-8-sig"))))
    assert f"'{payload}" in rows[1]
    raw = file_of(worker.get(f"{LISTS}to-do/?as=xlsx"))
    import zipfile

    with zipfile.ZipFile(io.BytesIO(raw)) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_taking_out_a_list_about_persons_is_audited(worker: Any, obligation: Any) -> None:
    obligation("a")
    file_of(worker.get(f"{LISTS}to-do/?as=csv"))
    assert [entry.what for entry in AuditEntry.objects.filter(deed="export")] == ["to-do: 1 rows"]


def test_htmx_gets_the_part_and_a_browser_the_page(worker: Any, obligation: Any) -> None:
    obligation("a")
    headers = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#list"}
    part, whole = worker.get(f"{LISTS}to-do/", headers=headers), worker.get(f"{LISTS}to-do/")
    assert part.content.decode().lstrip().startswith('<div id="list"')
    assert part.content.decode().strip() in whole.content.decode()
    assert "HX-Request" in part["Vary"]


def test_a_withdrawn_row_says_why(worker: Any, obligation: Any, moment: Any) -> None:
    obligation("a", withdrawn_at=moment, withdrawn_why="retracted_fact")
    page = worker.get(f"{LISTS}withdrawn/").content.decode()
    assert "依据的事实已撤回" in page
    assert total_of(worker.get(f"{LISTS}to-do/")) == 0


def test_who_sees_no_rows_is_turned_away(person_in_office: Any, browser: Any) -> None:
    assert browser(person_in_office("policy_officer", "drill")).get(LISTS).status_code == 403


def test_each_tab_counts_the_rows_of_its_list(worker: Any, obligation: Any, moment: Any) -> None:
    for number, status in enumerate(
        ("overdue", "open", "upcoming", "met", "met_late", "missed", "waived", "open")
    ):
        obligation(f"p{number}", status, owned=number != 7)
    obligation("gone", withdrawn_at=moment)
    obligation("elsewhere", area=THERE)
    page = worker.get(f"{LISTS}to-do/").content.decode()
    tabs = dict(
        re.findall(r'href="(/lists/obligations/[^"]+)"[^>]*>[^<]*<span class="count">(\d+)</span>', page)
    )
    assert len(tabs) >= 7
    assert {address: total_of(worker.get(address)) for address in tabs} == {
        address: int(count) for address, count in tabs.items()
    }


def test_rows_read_from_the_end_stand_in_the_same_order(worker: Any, obligation: Any, moment: Any) -> None:
    for number in range(60):
        obligation(f"p{number:02}", due_at=moment + timedelta(minutes=number))
    found = [rows_of(worker.get(f"{LISTS}to-do/?size=25&page={page}")) for page in (1, 2, 3)]
    assert [len(rows) for rows in found] == [25, 25, 10]
    assert [row for rows in found for row in rows] == [f"p{number:02}" for number in range(60)]


@pytest.fixture
def aside(obligation: Any, moment: Any) -> None:
    """Beside the obligations: somebody restricted, a case that is not known, a step found too late."""
    row = obligation("p1", restricts=True)
    late = {"version": 1, "about": "p1", "area": HERE, "first_known_at": moment, "trigger_key": "0"}
    Standing.objects.create(
        person="p1", place="home", until=moment + timedelta(days=3), rows=row.obligation_id, row_count=1,
        changed_in=row.changed_in,
    )  # fmt: skip
    Unknown.objects.create(
        rule="arrivals-from-graded-areas", trigger_fact="arrivals", event_on=moment.date(),
        changed_in=row.changed_in, **late,
    )  # fmt: skip
    TooLate.objects.create(
        kind="step_over", rule="contact-tests", step="test", occurrence="day 1", trigger_fact="designations",
        due_at=moment, changed_in=row.changed_in, **late,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("which", "said"),
    [("standing", "11月13日 09:00 前"), ("not-known", "集中隔离"), ("found-too-late", "2020-11-10 09:00")],
)
def test_what_stands_beside_the_obligations_is_listed_and_taken_out(
    worker: Any, aside: None, which: str, said: str
) -> None:
    page = worker.get(f"{LISTS}{which}/")
    assert total_of(page) == 1
    assert said in page.content.decode()
    lines = file_of(worker.get(f"{LISTS}{which}/?as=csv")).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "p1" in lines[1]
