"""A clerk delivers files: sees what is in them and what is wrong, has them taken in, keeps the receipt."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from sizao.intake.signing import verify
from sizao_web.accounts.models import Account
from sizao_web.pages.uploads import UploadLimitMiddleware, most
from sizao_web.records.actions import deliver
from sizao_web.records.actions.resume_delivery import resume
from sizao_web.records.actions.undo_delivery import retract_rows
from sizao_web.records.deliveries.receipts import public_key
from sizao_web.records.ledger import runs
from sizao_web.records.models import FACT_MODELS, Delivery, SheetMapping

HERE, THERE = "drill/county-1/street/community-1", "drill/county-2/street/community-9"
HEAD = ["有关人员", "checked_at", "temperature", "symptoms", "source_record"]
ROWS = [["p-1", "2020-11-10 08:00", "36.5", "false", "r-1"], ["p-2", "2020-11-10 08:00", "36.6", "是", "r-2"]]
WRONG = [["p-3", "yesterday", "36.5", "false", "r-3"], ["p-4", "2020-11-10 08:00", "hot", "false", "r-4"]]
MENDED = [
    ["p-3", "2020-11-09 08:00", "36.5", "false", "r-3"],
    ["p-4", "2020-11-10 08:00", "39.1", "true", "r-4"],
]

pytestmark = pytest.mark.django_db


def workbook(*rows: list[str]) -> bytes:
    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return held.getvalue()


def drop(clerk: Any, content: bytes, name: str = "checks.xlsx") -> str:
    """Send a file by the form; the address to which one is led."""
    answer = clerk.post("/deliveries/", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer.headers["Location"])


def take_in(clerk: Any, at: str, moment: Any, **typed: str) -> Delivery:
    """Press the button, and do the job."""
    answer = clerk.post(f"{at}choose/", {"deed": "take-in", **typed})
    assert answer.status_code == 302, re.sub(r"<[^>]+>", " ", answer.content.decode())
    return deliver.take_in(at.strip("/").rpartition("/")[2], moment)


@pytest.fixture
def clerk(person_in_office: Any, browser: Any) -> Any:
    return browser(person_in_office("community", HERE))


def test_a_sheet_in_the_encoding_of_a_chinese_spreadsheet_is_read_and_said(clerk: Any, moment: Any) -> None:
    content = "有关人员,检查时间,体温,是否有症状,来源记录\np-1,2020-11-10 08:00,36.5,是,登记-1\n".encode(
        "gbk"
    )
    at = drop(clerk, content, "体温.csv")
    page = clerk.get(f"{at}choose/").content.decode()
    assert "登记-1" in page, "whether the signs are right is looked at before anything is kept"
    assert "按 gb18030 读取" in page
    done = take_in(clerk, at, moment, fact="health_checks")
    assert done.stored == 1, done.problems
    plain = drop(clerk, content.decode("gbk").encode(), "体温.csv")
    assert "gb18030" not in clerk.get(f"{plain}choose/").content.decode()


def test_a_school_sends_its_own_register_without_saying_in_it_which_school_it_is(
    person_in_office: Any, browser: Any, moment: Any
) -> None:
    school = browser(person_in_office("institution", HERE, "school/1"))
    at = drop(school, workbook(["编号", "缺课日", "备注"], ["X-1", "2020-11-10", "感冒"]), "缺勤.xlsx")
    page = school.get(f"{at}choose/?fact=absences").content.decode()
    assert "还没有选哪一列是“登记编号”" in page
    assert "加上 absence:" not in page, "nobody at a school wrote a mapping file"
    typed = {
        "fact": "absences", "column.absence": "编号", "column.absent_on": "缺课日",
        "column.place": "=school/1", "column.who": "=pupil",
    }  # fmt: skip
    assert "还没有选" not in school.post(f"{at}choose/", {**typed, "deed": "look"}).content.decode()
    done = take_in(school, at, moment, **typed)
    assert (done.stored, done.rejected) == (1, 0), done.problems
    (row,) = FACT_MODELS["absences"].objects.all()
    assert (row.place, row.who, row.absence) == ("school/1", "pupil", "X-1")
    words = drop(school, workbook(["编号", "缺课日", "身份"], ["X-3", "2020/11/10", "学生"]), "缺勤.xlsx")
    shown = school.post(f"{words}choose/", {**typed, "column.who": "身份", "deed": "look"}).content.decode()
    assert "可在下面的映射中选" in shown
    assert "<details open>" in shown, "what is to be chosen for these rows is in sight"
    lacks = {name: value for name, value in typed.items() if name != "column.absence"}
    again = drop(school, workbook(["编号", "缺课日", "备注"], ["X-2", "2020-11-10", ""]), "缺勤.xlsx")
    answer = school.post(f"{again}choose/", {**lacks, "deed": "take-in"})
    assert "登记编号" in answer.content.decode(), "it is not taken in without its number"


def test_a_clerk_sees_two_bad_rows_mends_them_and_keeps_the_receipt(clerk: Any, moment: Any) -> None:
    at = drop(clerk, workbook(HEAD, *ROWS, *WRONG))
    page = clerk.get(f"{at}choose/").content.decode()
    assert "yesterday" in page
    assert "hot" in page
    assert "第 4 行" in page
    assert FACT_MODELS["health_checks"].objects.count() == 0
    done = take_in(clerk, at, moment, fact="health_checks")
    assert (done.stored, done.rejected) == (2, 2)
    shown = clerk.get(at).content.decode()
    assert "下载签名回执" in shown
    sheet = clerk.get(f"{at}rejected/").content.decode("utf-8-sig")
    rejected = list(csv.DictReader(io.StringIO(sheet)))
    assert [row["原文件行号"] for row in rejected] == ["4", "5"]
    assert [row["source_record"] for row in rejected] == ["r-3", "r-4"]
    mended = sheet.replace(",yesterday,", ",2020-11-09 08:00,").replace(",hot,", ",39.1,")
    again = drop(clerk, mended.encode(), "mended.csv")
    assert take_in(clerk, again, moment, fact="health_checks").stored == 2, "as it was downloaded"
    assert not FACT_MODELS["health_checks"].objects.exclude(reason=None).exists(), (
        "why it was rejected is no reason"
    )
    receipt = clerk.get(f"{again}receipt/").content.decode()
    assert verify(receipt, public_key())["rows"]["stored"] == 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_clerk_is_told_which_rows_wait_and_that_there_is_nothing_to_do(
    clerk: Any, person_in_office: Any, browser: Any, moment: Any, language: str
) -> None:
    stranger = browser(person_in_office("community", THERE))
    rows = [HEAD, ["p-9", "2020-11-10 08:00", "36.5", "false", "s-1"]]
    take_in(stranger, drop(stranger, workbook(*rows)), moment, fact="health_checks")
    mixed = [HEAD, *ROWS, ["p-9", "2020-11-10 08:00", "36.5", "false", "r-9"], WRONG[0]]
    at = drop(clerk, workbook(*mixed))
    done = take_in(clerk, at, moment, fact="health_checks")
    assert (done.stored, done.rejected, done.waiting) == (2, 1, 1)
    Account.objects.update(language=language)
    shown, listed = clerk.get(at).content.decode(), clerk.get("/deliveries/").content.decode()
    for words in {
        "zh": ("等台账的行", "第 4 行", "不必处理，也不必重送", 'content="5"'),
        "en": ("Rows that wait", "line 4", "nothing to do or to send again", 'content="5"'),
    }[language]:
        assert words in shown
    assert {"zh": "送来 4 = 入库 2 + 合并 0 + 拒收 1 + 等台账 1", "en": "rejected 1 + waiting 1"}[
        language
    ] in listed
    runs.touched(moment)
    resume(str(done.pk), str(Delivery.objects.get(pk=done.pk).waits_in), moment)
    shown = clerk.get(at).content.decode()
    assert "refresh" not in shown
    assert {"zh": "此人不由本岗位负责", "en": "this duty does not answer for this person"}[language] in shown
    runs.forget()


def test_the_sheet_of_rejected_rows_comes_back_by_the_same_headings(clerk: Any, moment: Any) -> None:
    at = drop(clerk, workbook(HEAD, *ROWS, *WRONG))
    take_in(clerk, at, moment, fact="health_checks")
    sheet = clerk.get(f"{at}rejected/").content.decode("utf-8-sig")
    mended = sheet.replace("yesterday", "2020-11-09 08:00").replace(",hot,", ",39.1,")
    lines = [",".join(row[:5]) for row in csv.reader(io.StringIO(mended))]
    assert (
        take_in(
            clerk, drop(clerk, "\n".join(lines).encode() + b"\n", "m.csv"), moment, fact="health_checks"
        ).stored
        == 2
    )


def test_other_headings_are_mapped_by_form_and_the_mapping_is_used_the_next_time(
    clerk: Any, moment: Any
) -> None:
    head = "Wer,Wann,Grad,Krank,Nr\n"
    at = drop(clerk, (head + "p-1,2020-11-10 08:00,36.5,no,r-1\n").encode(), "fremd.csv")
    first = clerk.get(f"{at}choose/?fact=health_checks").content.decode()
    assert "这样还不能入库" in first
    chosen = {
        "fact": "health_checks", "name": "clinic", "column.person": "Wer", "column.checked_at": "Wann",
        "column.temperature": "Grad", "column.symptoms": "Krank", "column.source_record": "Nr",
    }  # fmt: skip
    looked = clerk.post(f"{at}choose/", {"deed": "look", **chosen}).content.decode()
    assert "检查过的行都没有问题" in looked
    assert take_in(clerk, at, moment, **chosen).stored == 1
    (kept,) = SheetMapping.objects.all()
    assert (kept.name, kept.version, kept.headings) == ("clinic", 1, ["Wer", "Wann", "Grad", "Krank", "Nr"])
    other = drop(clerk, (head + "p-2,2020-11-10 08:00,36.5,no,r-2\n").encode(), "fremd2.csv")
    page = clerk.get(f"{other}choose/").content.decode()
    assert "检查过的行都没有问题" in page
    assert take_in(clerk, other, moment, mapping=str(kept.pk)).stored == 1


def test_what_cannot_be_taken_is_said_and_no_page_fails(clerk: Any) -> None:
    for content in (
        b"",
        b"%PDF-1.7",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"PK\x03\x04",
        b"a,a\n1,2\n",
    ):
        answer = clerk.get(f"{drop(clerk, content or b' ', 'x.xlsx')}choose/")
        assert answer.status_code == 200
        assert "这样还不能入库" in answer.content.decode()
    assert clerk.post("/deliveries/", {}).status_code == 422


def test_another_community_finds_no_such_delivery(clerk: Any, person_in_office: Any, browser: Any) -> None:
    at = drop(clerk, workbook(HEAD, *ROWS))
    stranger = browser(person_in_office("community", THERE))
    for address in (at, f"{at}choose/", f"{at}receipt/", f"{at}rejected/", f"{at}undo/"):
        assert stranger.get(address).status_code == 404
    assert "checks.xlsx" not in stranger.get("/deliveries/").content.decode()
    assert "checks.xlsx" in clerk.get("/deliveries/?state=received&name=check").content.decode()
    assert "checks.xlsx" not in clerk.get("/deliveries/?state=stored").content.decode()


def test_a_delivery_is_taken_back_after_a_second_look_and_with_a_reason(clerk: Any, moment: Any) -> None:
    at = drop(clerk, workbook(HEAD, *ROWS))
    done = take_in(clerk, at, moment, fact="health_checks")
    assert clerk.get(f"{at}undo/").status_code == 200
    assert clerk.post(f"{at}undo/", {"reason": " "}).status_code == 422
    assert clerk.post(f"{at}undo/", {"reason": "送错了"}).status_code == 302
    assert retract_rows(str(done.pk), moment) == 2
    assert "已撤回" in clerk.get(at).content.decode()


def test_what_was_not_taken_in_is_not_offered_to_be_taken_back(clerk: Any, moment: Any) -> None:
    at = drop(clerk, workbook(HEAD, *ROWS))
    for answer in (clerk.get(f"{at}undo/"), clerk.post(f"{at}undo/", {"reason": "送错了"})):
        assert (answer.status_code, answer["Location"]) == (302, at)
    assert "没有可撤回的" in clerk.get(f"{at}choose/").content.decode()
    take_in(clerk, at, moment, fact="health_checks")
    assert f"{at}undo/" in clerk.get(at).content.decode()


def payloads() -> list[str]:
    """Fifty texts that some spreadsheet would run."""
    signs = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
    bodies = ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x","y")', "SUM(A1:A9)*2", "IMPORTXML(A1)")
    made = [sign + body for sign in signs for body in bodies]
    return [*made, *(f"'{one}" for one in made[:4]), "''=1", "'''@x", "=", "+", "-x", "@x"]


def test_no_formula_lives_in_the_sheet_of_rejected_rows_and_every_text_comes_back(
    clerk: Any, moment: Any
) -> None:
    texts = payloads()
    assert len(texts) == 50
    held = io.StringIO(newline="")
    writer = csv.writer(held)
    writer.writerow(HEAD)
    for number, text in enumerate(texts):
        # As an export writes them, and with a moment that is none, so that the rows are rejected.
        from sizao.intake.formulas import harmless

        writer.writerow([f"p-{number}", "no day", "36.5", "false", harmless(text)])
    at = drop(clerk, held.getvalue().encode(), "live.csv")
    done = take_in(clerk, at, moment, fact="health_checks")
    assert done.rejected == 50
    sheet = clerk.get(f"{at}rejected/").content.decode("utf-8-sig")
    live = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
    assert not [cell for row in csv.reader(io.StringIO(sheet)) for cell in row if cell.startswith(live)]
    assert not [line for line in json.loads(done.receipt) if line.startswith(live)]
    lines = sheet.replace("no day", "2020-11-10 08:00")
    rows = [row[:5] for row in csv.reader(io.StringIO(lines))]
    back = io.StringIO(newline="")
    csv.writer(back).writerows(rows)
    assert (
        take_in(clerk, drop(clerk, back.getvalue().encode(), "back.csv"), moment, fact="health_checks").stored
        == 50
    )
    kept = set(FACT_MODELS["health_checks"].objects.values_list("source_record", flat=True))
    assert kept == set(texts)


def test_too_much_is_refused_by_its_stated_length_before_it_is_read() -> None:
    asked = []
    door = UploadLimitMiddleware(lambda request: asked.append(request))  # type: ignore[func-returns-value]
    make = RequestFactory()
    for address in ("/deliveries/", "/facts/visits/new/", "/"):
        answer = door(make.post(address, CONTENT_LENGTH=str(most(address) + 1)))
        assert answer.status_code == 413
    assert not asked
    door(make.post("/deliveries/", CONTENT_LENGTH=str(most("/deliveries/"))))
    assert len(asked) == 1
