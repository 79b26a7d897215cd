"""The command from outside: what a person types, what comes back, and which exit code a pipeline sees."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import typer

from drawn import facts
from sizao.cli.options import moment
from sizao.cli.running import app, language_of, run
from sizao.cli.screen import Wrong
from sizao.cli.wording import CHINESE, parts
from sizao.obligations.derive import derive
from sizao.store.folder import write_folder

KNOWN = datetime(2020, 6, 20, 2)
HOME, AWAY = "cn/51/5113/511302", "cn/11/1105"
PACK = {
    "pack.yaml": """
pack: typed
label: {zh: 命令行用, en: For the command}
zone: Asia/Shanghai
strictness: [monitoring, home, central, hospital]
grades: [low, medium, high]
grounds: {medical: {zh: 因病, en: Medical reasons}}
sources: {order: {zh: 命令, en: The order}}
""",
    "verbs.yaml": """
quarantine:
  label: {zh: 集中隔离, en: Central quarantine}
  kind: span
  about: person
  restricts: true
  proof: {reading: room_stays, subject: person, at: from_at, until: until_at, sharing: shared}
""",
    "rules/arrivals.yaml": """
arrivals:
  label: {zh: 来市人员隔离, en: Quarantine of arrivals}
  basis: [D1-17]
  source: {document: order, article: article 1, mark: D}
  legal_basis: {zh: 法, en: Law, mark: D}
  authority: city-command
  sector: health
  in_force: {from: 2020-06-01}
  for_each: arrivals
  must:
    quarantine:
      place: central
      about: person
      done_by: site(residence)
      answers_to: [community(residence)]
      from: arrived_on
      counted_from: arrived_on
      days: 14
  appeal: health_commission
  burden: {person_days: per_standing}
""",
}
Sizao = Callable[..., tuple[int, str, str]]


@pytest.fixture
def sizao(capsys: pytest.CaptureFixture[str]) -> Sizao:
    def typed(*words: object, **environment: str) -> tuple[int, str, str]:
        code = run([str(word) for word in words], environment)
        said = capsys.readouterr()
        return code, said.out, said.err

    return typed


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return _pack(tmp_path / "typed", PACK)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "facts"
    arrivals = [
        {"id": "a1", "person": "p1", "arrived_on": date(2020, 6, 20), "declared": "declared"},
        {"id": "a2", "person": "p2", "arrived_on": date(2020, 6, 21), "declared": "declared"},
    ]
    write_folder(path, {"arrivals": facts("arrivals", *arrivals)})
    return path


def _pack(path: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return path


def test_a_day_asked_about_is_its_end_and_what_is_known_then_ends_just_before() -> None:
    asked = moment("2020-10-20", None, "Asia/Shanghai")
    assert asked.as_of == datetime(2020, 10, 20, 16)
    assert asked.known_by == datetime(2020, 10, 20, 15, 59, 59, 999999)


def test_a_time_without_a_zone_is_one_of_the_pack_and_one_with_a_zone_is_taken_as_said() -> None:
    assert moment("2020-10-20 08:00", None, "Asia/Shanghai").as_of == datetime(2020, 10, 20)
    assert moment("2020-10-20T08:00+09:00", None, "Asia/Shanghai").as_of == datetime(2020, 10, 19, 23)
    assert moment("2020-10-20T08:00Z", "2020-10-19", "Asia/Shanghai").known_by.day == 19


def test_a_moment_that_is_none_is_refused_with_how_to_write_one() -> None:
    with pytest.raises(Wrong, match="--as-of '2020-13-01' is no moment"):
        moment("2020-13-01", None, "Asia/Shanghai")


def test_the_language_is_what_the_option_says_else_the_environment() -> None:
    assert language_of(["facts", "--lang", "zh"], {"LANG": "en_US.UTF-8"}) == "zh"
    assert language_of(["facts", "--lang=en"], {"LANG": "zh_CN.UTF-8"}) == "en"
    assert language_of(["facts"], {"LANG": "zh_CN.UTF-8"}) == "zh"
    assert language_of(["facts"], {}) == "en"


def test_every_word_of_help_has_chinese() -> None:
    said = {" ".join(part.help.split()) for part in parts(typer.main.get_command(app))}
    assert said - set(CHINESE) == set()
    assert set(CHINESE) - said == set()


def test_help_comes_in_the_language_asked_for(sizao: Sizao) -> None:
    code, out, _ = sizao("derive", "--help", "--lang", "zh")
    assert code == 0
    assert "规则包文件夹" in out


def test_the_dictionary_is_listed_and_each_fact_told(sizao: Sizao) -> None:
    assert "arrivals" in sizao("facts")[1]
    code, out, _ = sizao("facts", "arrivals", "--json")
    document = json.loads(out)
    assert (code, document["event"]) == (0, "arrived_on")
    assert {"arrived_on", "known_at"} <= {column["name"] for column in document["columns"]}


def test_a_misspelt_fact_is_wrong_input_and_the_nearest_is_named(sizao: Sizao) -> None:
    code, _, err = sizao("facts", "arival")
    assert code == 1
    assert "Did you mean 'arrivals'?" in err


def test_a_misspelt_option_is_wrong_input_not_a_bug(sizao: Sizao) -> None:
    assert sizao("derive", "--polici", "x")[0] == 1


def test_a_bug_is_told_from_wrong_input(sizao: Sizao, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sizao.cli.dictionary._list", broken)
    code, _, err = sizao("facts")
    assert code == 2
    assert "This is a bug" in err


def test_derive_says_how_much_is_to_be_done_and_that_nobody_adopted_the_pack(
    sizao: Sizao, pack: Path, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    asked = ("--facts", folder, "--policy", pack, "--as-of", "2020-06-21")
    code, said, notes = sizao("derive", *asked, "--out", out, "--csv")
    assert code == 0
    assert "2 obligations; 2 people restricted" in said
    assert "Nobody owns 2 of the obligations" in said
    assert "adopted from the beginning of time" in notes
    assert pq.read_table(out / "obligations.parquet").num_rows == 2
    assert (out / "standing.csv").read_text(encoding="utf-8").startswith('"person"')
    assert json.loads((out / "run.json").read_text(encoding="utf-8"))["as_of"] == "2020-06-21T16:00:00"
    assert json.loads((out / "run.json").read_text(encoding="utf-8"))["nobody_owns"] == 2
    site = {"id": "o1", "office": "site-1", "task": "site", "covers": "cn/51", "from_on": date(2020, 1, 1)}
    area = {"path": "cn/51", "label_zh": "省", "label_en": "Province", "level": "community"}
    write_folder(folder, {"offices": facts("offices", site), "areas": facts("areas", area)})
    assert "Nobody owns" not in sizao("derive", *asked)[1]


def test_derive_says_how_many_texts_are_adopted_and_which_adoptions_adopt_nothing(
    sizao: Sizao, pack: Path, folder: Path
) -> None:
    texts = json.loads(sizao("policy", "show", pack, "--json")[1])
    (one,) = texts
    rows = (
        f"a1,typed,{one['rule']},{one['digest']},wang,li,2020-06-01T00:00:00",
        f"a2,typed,{one['rule']},{'0' * 12},wang,li,2020-06-01T00:00:00",
    )
    head = "source_record,pack,rule,version,adopted_by,approved_by,known_at"
    (folder / "adoptions.csv").write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")
    asked = ("--facts", folder, "--policy", pack, "--as-of", "2020-06-21")
    code, _, notes = sizao("derive", *asked)
    assert code == 0, notes
    assert "1 of 1 texts of typed are adopted" in notes
    assert notes.count("adopts nothing") == 1
    assert "no such text of this rule" in notes
    assert "已采纳1个" in sizao("derive", *asked, "--lang", "zh")[2]
    earlier = sizao("derive", *asked, "--known-by", "2020-05-31")[2]
    assert "adopted from the beginning of time" in earlier


def test_a_list_and_a_story_can_be_asked_for_by_the_first_digits(
    sizao: Sizao, pack: Path, folder: Path
) -> None:
    asked = ("--facts", folder, "--policy", pack, "--as-of", "2020-06-21")
    lines = json.loads(sizao("worklist", *asked, "--list", "overdue", "--json")[1])["lines"]
    assert [line["about"] for line in lines] == ["p1", "p2"]
    code, story, _ = sizao("explain", lines[0]["obligation_id"][:10], *asked, "--lang", "zh")
    assert code == 0
    assert story.startswith("人员p1：集中隔离 [逾期]")


def test_digits_that_many_or_none_have_are_refused(sizao: Sizao, pack: Path, folder: Path) -> None:
    asked = ("--facts", folder, "--policy", pack, "--as-of", "2020-06-21")
    code, _, err = sizao("explain", "", *asked)
    assert (code, "2 obligations begin with" in err) == (1, True)
    code, _, err = sizao("explain", "zzzz", *asked)
    assert (code, "No obligation begins with zzzz" in err) == (1, True)
    assert "Ids change when source_system or source_record" in err


def test_lists_can_be_read_from_what_derive_wrote(
    sizao: Sizao, pack: Path, folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    sizao("derive", "--facts", folder, "--policy", pack, "--as-of", "2020-06-21", "--out", out)
    code, said, totals = sizao("worklist", "--results", out, "--size", "1")
    assert code == 0
    assert said.count("quarantine") == 1
    assert "overdue: 2 lines about 2; the first was due 2020-06-20 08:00." in totals
    share = json.loads(sizao("indicators", "in-place", "--policy", pack, "--results", out, "--json")[1])[
        "indicator"
    ]
    assert (share[0]["numerator"], share[0]["denominator"]) == (0, 2)


def test_a_list_without_a_source_or_of_another_kind_is_refused(sizao: Sizao, tmp_path: Path) -> None:
    code, _, err = sizao("worklist")
    assert (code, "--results DIR, or --facts DIR" in err) == (1, True)
    code, _, err = sizao("worklist", "--results", tmp_path)
    assert (code, "sizao derive --out" in err) == (1, True)


def test_two_packs_are_compared_and_the_difference_has_its_reason(
    sizao: Sizao, pack: Path, folder: Path, tmp_path: Path
) -> None:
    shorter = {
        name: text.replace("days: 14", "days: 7").replace("pack: typed", "pack: shorter")
        for name, text in PACK.items()
    }
    other = _pack(tmp_path / "shorter", shorter)
    code, out, _ = sizao("compare", pack, other, "--facts", folder, "--as-of", "2020-06-21", "--json")
    found = json.loads(out)
    assert code == 0
    assert [(row["kind"], row["reason"], row["row_count"]) for row in found["by_rule"]] == [
        ("changed", "new_text", 2)
    ]
    assert {row["kind"] for row in found["bound"]} == {"shorter"}
    days = {row["side"]: row["person_days"] for row in found["burden"] if row["rule"] == ""}
    assert days == {"before": 28, "after": 14}
    around = {row["side"]: row["person_days"] for row in found["four_weeks_by_subject"]}
    assert around == days, "both quarantines lie within the two weeks before and after"


def test_the_burden_of_a_week_is_told_by_office_and_by_subject(
    sizao: Sizao, pack: Path, folder: Path
) -> None:
    asked = ("policy", "burden", pack, "--facts", folder, "--as-of", "2020-06-21")
    code, out, _ = sizao(*asked, "--json")
    found = json.loads(out)
    assert code == 0
    (people,) = found["by_subject"]
    assert (people["subject"], people["subjects"], people["tests"]) == ("person", 2, 0)
    assert sum(row["person_days"] for row in found["by_office"]) == people["person_days"]
    code, said, notes = sizao(*asked, "--from", "2020-06-08", "--to", "2020-06-21", "--lang", "zh")
    assert (code, "各机构的负担（每周）" in said, "2020-06-08至2020-06-21" in notes) == (0, True, True)
    code, _, err = sizao(*asked, "--from", "2020-06-22")
    assert (code, "give the earlier day first" in err) == (1, True)


def test_one_pack_at_one_moment_is_nothing_to_compare(sizao: Sizao, pack: Path, folder: Path) -> None:
    code, _, err = sizao("compare", pack, "--facts", folder, "--as-of", "2020-06-21")
    assert (code, "There is only one side" in err) == (1, True)


def test_what_became_known_between_two_moments_is_named(sizao: Sizao, pack: Path, folder: Path) -> None:
    moments = ("--as-of", "2020-06-25", "--known-by", "2020-06-20", "--known-by", "2020-06-25")
    code, out, _ = sizao("compare", pack, "--facts", folder, *moments, "--json")
    assert code == 0
    assert [(row["kind"], row["reason"]) for row in json.loads(out)["by_rule"]] == [("added", "new_fact")]


def test_a_mistake_in_a_pack_is_told_with_its_line_in_the_language_asked_for(
    sizao: Sizao, tmp_path: Path
) -> None:
    wrong = _pack(
        tmp_path / "wrong",
        {**PACK, "rules/arrivals.yaml": PACK["rules/arrivals.yaml"].replace("days: 14", "dayz: 14")},
    )
    code, _, err = sizao("policy", "check", wrong)
    assert code == 1
    assert "rules/arrivals.yaml:19" in err
    code, out, _ = sizao("policy", "check", wrong, "--json")
    problem = json.loads(out)["problems"][0]
    assert (code, problem["line"], problem["found"]) == (1, 19, "dayz")
    assert sizao("policy", "check", wrong, "--lang", "zh")[2] != err


def test_a_sound_pack_is_checked_and_read_aloud(sizao: Sizao, pack: Path) -> None:
    code, out, _ = sizao("policy", "check", pack)
    assert (code, out.strip()) == (0, "typed: 1 rules, 1 texts, no mistakes, 0 gaps, 0 warnings.")
    assert "Quarantine of arrivals" in sizao("policy", "show", pack, "arrivals")[1]
    code, _, err = sizao("policy", "show", pack, "arrival")
    assert (code, "Did you mean 'arrivals'?" in err) == (1, True)


def test_a_sheet_is_taken_in_with_a_receipt_that_accounts_for_every_row(sizao: Sizao, tmp_path: Path) -> None:
    sheet = tmp_path / "arrivals.csv"
    sheet.write_text(
        "person,arrived_on,declared\np1,2020-06-20,declared\np2,2020-06-31,declared\n", encoding="utf-8"
    )
    into = tmp_path / "facts"
    code, out, _ = sizao("intake", sheet, "--as", "arrivals", "--into", into, "--dry-run")
    assert code == 0
    assert not into.exists()
    code, out, _ = sizao("intake", sheet, "--as", "arrivals", "--into", into, "--json")
    (receipt,) = json.loads(out)
    assert (code, receipt["rows"]) == (0, {"sent": 2, "stored": 1, "merged": 0, "rejected": 1})
    assert receipt["rejected"][0]["line"] == 3
    assert (into / "arrivals.parquet").is_file()


def test_the_area_on_the_command_line_reaches_the_sheets_of_a_batch(sizao: Sizao, tmp_path: Path) -> None:
    (tmp_path / "deaths.csv").write_text("person,died_on\np1,2020-06-20\n", encoding="utf-8")
    batch = tmp_path / "batch.yaml"
    batch.write_text("files: [{file: deaths.csv, as: deaths}]\n", encoding="utf-8")
    into = tmp_path / "facts"
    assert sizao("intake", batch, "--into", into)[0] == 1
    assert sizao("intake", batch, "--into", into, "--area", "cn/51", "--zone", "Asia/Dhaka")[0] == 0
    (row,) = pq.read_table(into / "deaths.parquet").to_pylist()
    assert (row["area"], row["happened_at"]) == ("cn/51", datetime(2020, 6, 19, 18))


def test_a_sheet_that_says_nothing_of_its_columns_is_refused(sizao: Sizao, tmp_path: Path) -> None:
    code, _, err = sizao("intake", tmp_path / "x.csv", "--into", tmp_path)
    assert (code, "say what the sheet holds" in err) == (1, True)


def test_a_list_says_in_words_what_is_to_be_done_in_local_times(
    sizao: Sizao, pack: Path, folder: Path
) -> None:
    asked = ("--facts", folder, "--policy", pack, "--as-of", "2020-06-21", "--list", "overdue")
    _, said, notes = sizao("worklist", *asked, "--lang", "zh")
    headings = "编号 ┃ 状态 ┃ 期限 ┃ 规则 ┃ 要做什么 ┃ 对象 ┃ 负责机构 ┃ 地区"
    assert " ".join(said.splitlines()[0].split()) == headings
    assert "│ 逾期 │ 2020-06-20 08:00 │ arrivals │ 集中隔离 │ p1" in " ".join(said.split())
    assert "逾期：2项，涉及2个对象，最早一项的期限是2020-06-20 08:00。" in notes
    assert notes.count("Asia/Shanghai") == 1


def test_an_id_stays_whole_on_a_narrow_terminal_and_other_columns_make_room(
    sizao: Sizao, pack: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sizao.cli.screen.PIPE_WIDTH", 72)
    asked = ("--facts", folder, "--policy", pack, "--as-of", "2020-06-21", "--list", "overdue")
    names = [
        line["obligation_id"][:12] for line in json.loads(sizao("worklist", *asked, "--json")[1])["lines"]
    ]
    said = sizao("worklist", *asked)[1]
    assert [line[:12] for line in said.splitlines() if line[:12] in names] == names
    assert "area" not in said.splitlines()[0]


def test_an_empty_list_says_so(sizao: Sizao, pack: Path, folder: Path) -> None:
    asked = ("--facts", folder, "--policy", pack, "--as-of", "2020-06-21")
    assert "(none)" in sizao("worklist", *asked, "--list", "unknown")[1]


def test_an_indicator_says_what_it_divides_by_what_and_for_when(
    sizao: Sizao, pack: Path, folder: Path
) -> None:
    asked = ("--facts", folder, "--policy", pack, "--as-of", "2020-06-21")
    _, said, notes = sizao("indicators", "in-place", *asked, "--lang", "zh")
    assert said.splitlines()[0] == "应隔尽隔率"
    assert "0.0%" in said
    assert "分子：此刻在位" in notes
    assert "所问时刻2020-06-22 00:00" in notes


def test_daily_counts_end_with_the_last_evening_before_the_moment_asked(
    sizao: Sizao, pack: Path, folder: Path
) -> None:
    figures = [
        {"id": f"f{day}", "day": date(2020, 6, day), "figure": "confirmed_cumulative", "value": 0}
        | {"publisher": "CDC", "known_at": datetime(2020, 6, 1)}
        for day in (20, 21, 22, 23)
    ]
    write_folder(folder, {"published_totals": facts("published_totals", *figures)})
    asked = ("indicators", "daily", "--facts", folder, "--policy", pack, "--to", "2020-06-23")
    code, said, notes = sizao(*asked, "--as-of", "2020-06-21")
    assert code == 0
    assert [line[:10] for line in said.splitlines() if line.startswith("2020")] == [
        "2020-06-20",
        "2020-06-21",
    ]
    assert "Until 2020-06-21: later days were not over" in notes
    assert "2020-06-21" not in sizao(*asked, "--as-of", "2020-06-21 18:00")[1]


def test_warnings_of_one_kind_are_one_line_unless_all_are_asked_for(sizao: Sizao, tmp_path: Path) -> None:
    marked = {name: text.replace("mark: D", "mark: M") for name, text in PACK.items()}
    unsure = _pack(tmp_path / "unsure", marked)
    code, out, notes = sizao("policy", "check", unsure)
    assert code == 0
    assert "2 warnings" in out
    assert sorted(notes.splitlines()) == [
        "warning: legal bases marked M (from memory, to be checked): 1 (--verbose lists them)",
        "warning: sources marked M (from memory, to be checked): 1 (--verbose lists them)",
    ]
    assert 'the rule "arrivals"' in sizao("policy", "check", unsure, "--verbose")[2]
    assert len(json.loads(sizao("policy", "check", unsure, "--json")[1])["warnings"]) == 2


def test_a_mistake_names_the_file_with_the_folder_of_the_pack(
    sizao: Sizao, folder: Path, tmp_path: Path
) -> None:
    files = {**PACK, "rules/arrivals.yaml": PACK["rules/arrivals.yaml"].replace("days: 14", "dayz: 14")}
    wrong = _pack(tmp_path / "wrong", files)
    for typed in (("policy", "check", wrong), ("policy", "show", wrong), ("policy", "test", wrong)):
        assert f"{wrong}/rules/arrivals.yaml:19:" in sizao(*typed)[2]
    asked = ("derive", "--facts", folder, "--policy", wrong, "--as-of", "2020-06-21")
    assert f"{wrong}/rules/arrivals.yaml:19:" in sizao(*asked)[2]


def test_every_receipt_is_kept_with_the_facts(sizao: Sizao, tmp_path: Path) -> None:
    sheet, into = tmp_path / "arrivals.csv", tmp_path / "facts"
    sheet.write_text("person,arrived_on,declared\np1,2020-06-20,declared\n", encoding="utf-8")
    for _ in range(2):
        assert sizao("intake", sheet, "--as", "arrivals", "--into", into)[0] == 0
    first, second = sorted((into / "receipts").iterdir(), key=lambda file: len(file.name))
    assert (first.name[:13], len(first.stem), second.stem) == ("arrivals.csv-", 25, f"{first.stem}-2")
    rows = [json.loads(file.read_text(encoding="utf-8"))["rows"] for file in (first, second)]
    assert [(one["stored"], one["merged"]) for one in rows] == [(1, 0), (0, 1)]


def test_a_sheet_can_be_read_as_its_sender_says(sizao: Sizao, tmp_path: Path) -> None:
    sheet, into = tmp_path / "arrivals.csv", tmp_path / "facts"
    sheet.write_bytes(
        "person;arrived_on;declared;origin\np1;2020-06-20;declared;四川,南充\n".encode("gb18030")
    )
    how = ("--encoding", "gb18030", "--separator", ";")
    code, out, _ = sizao("intake", sheet, "--as", "arrivals", "--into", into, *how, "--json")
    (receipt,) = json.loads(out)
    assert (code, receipt["encoding"], receipt["separator"]) == (0, "gb18030", ";")
    code, _, err = sizao("intake", tmp_path / "batch.yaml", "--into", into, *how)
    assert (code, "write them in the mapping files" in err) == (1, True)


def test_digits_with_a_slip_bring_the_nearest_id(sizao: Sizao, pack: Path, folder: Path) -> None:
    asked = ("--facts", folder, "--policy", pack, "--as-of", "2020-06-21")
    name = json.loads(sizao("worklist", *asked, "--json")[1])["lines"][0]["obligation_id"]
    code, _, err = sizao("explain", f"{name[:8]}z", *asked, "--lang", "zh")
    assert code == 1
    assert f"最接近的编号：\n  {name[:12]}  arrivals  集中隔离  p1" in err


def test_an_id_that_is_gone_is_told_with_the_knowledge_under_which_it_was(
    sizao: Sizao, pack: Path, tmp_path: Path
) -> None:
    arrival = {"person": "p1", "arrived_on": date(2020, 6, 20), "declared": "declared", "known_at": KNOWN}
    gone = {**arrival, "action": "retract", "reason": "wrong person", "known_at": datetime(2020, 6, 22, 2)}
    folder = tmp_path / "withdrawn"
    write_folder(folder, {"arrivals": facts("arrivals", {"id": "a1", **arrival}, {"id": "a1", **gone})})
    asked = ("--facts", folder, "--policy", pack, "--as-of", "2020-06-23")
    known = ("--known-by", "2020-06-22 09:59")
    name = json.loads(sizao("worklist", *asked, *known, "--json")[1])["lines"][0]["obligation_id"]
    code, _, err = sizao("explain", name, *asked)
    assert code == 1
    assert "As known by 2020-06-22 09:59 there is one" in err
    assert "Ask with --known-by '2020-06-22 09:59'." in err
    assert sizao("explain", name, *asked, *known)[0] == 0


def test_an_id_that_was_not_known_yet_is_told_with_when_it_is(sizao: Sizao, pack: Path, folder: Path) -> None:
    asked = ("--facts", folder, "--policy", pack, "--as-of", "2020-06-25")
    name = json.loads(sizao("worklist", *asked, "--json")[1])["lines"][0]["obligation_id"]
    code, _, err = sizao("explain", name, *asked, "--known-by", "2020-06-01", "--lang", "zh")
    assert (code, "此前所依据的事实尚不知悉" in err) == (1, True)


def test_a_story_from_earlier_results_is_the_same_story(
    sizao: Sizao, pack: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, asked = tmp_path / "out", ("--facts", folder, "--policy", pack)
    sizao("derive", *asked, "--as-of", "2020-06-21", "--out", out)
    name = json.loads(sizao("worklist", "--results", out, "--json")[1])["lines"][0]["obligation_id"]
    whole = sizao("explain", name, *asked, "--as-of", "2020-06-21")
    derived: list[object] = []
    monkeypatch.setattr(
        "sizao.cli.deriving.derive",
        lambda *given, **stated: derived.append(stated["touched"]) or derive(*given, **stated),
    )
    assert sizao("explain", name, *asked, "--from", out) == whole
    assert derived == [True]
    code, _, err = sizao("explain", name, *asked)
    assert (code, "--as-of T is needed" in err) == (1, True)


def test_examples_of_a_comparison_show_the_end_where_only_the_end_differs(
    sizao: Sizao, pack: Path, folder: Path, tmp_path: Path
) -> None:
    longer = {name: text.replace("days: 14", "days: 21") for name, text in PACK.items()}
    other = _pack(tmp_path / "longer", longer)
    site = {"id": "s", "place": "site", "kind": "quarantine_site", "located_in": "cn/51", "capacity": 1}
    homes = [
        {"id": f"r{one}", "person": one, "located_in": "cn/51/5113/511302", "from_on": date(2020, 1, 1)}
        for one in ("p1", "p2")
    ]
    known = {"known_at": datetime(2020, 1, 2)}
    write_folder(
        folder,
        {
            "places": facts("places", {**site, "from_on": date(2020, 1, 1), **known}),
            "residences": facts("residences", *({**home, **known} for home in homes)),
        },
    )
    code, out, _ = sizao("compare", pack, other, "--facts", folder, "--as-of", "2020-06-21", "--lang", "zh")
    assert code == 0
    assert "逾期，至2020-07-05 00:00 │ 逾期，至2020-07-12 00:00" in " ".join(out.split())
    assert "cn/51 │ 之前 │ 2 │" in " ".join(out.split())


def test_coverage_names_what_answers_an_order_and_fails_while_one_is_unexplained(
    sizao: Sizao, pack: Path, tmp_path: Path
) -> None:
    code, out, err = sizao("coverage", pack, "--root", tmp_path, "--json")
    document = json.loads(out)
    status = {one["id"]: one["status"] for one in document["coverage"]}
    assert (len(status), sum(document["numbers"].values())) == (171, 171)
    assert status["D2-69"] == "context"
    assert code == (1 if document["numbers"]["unexplained"] else 0)
    assert ("no remark says what is missing" in err) == bool(code)


def test_the_register_says_who_owns_an_answer_and_where_it_is_reused(sizao: Sizao) -> None:
    code, out, _ = sizao("facts", "households", "--fields", "--json")
    (field,) = json.loads(out)
    assert code == 0
    assert (field["field"], field["owner"], field["reused_by"]) == (
        "households.household",
        "community",
        ["residences.household"],
    )


def test_a_rule_is_put_up_as_a_notice(sizao: Sizao, pack: Path, tmp_path: Path) -> None:
    code, said, _ = sizao("policy", "notice", pack, "arrivals", "--lang", "zh")
    assert (code, "适用于谁" in said, "不服怎么办" in said) == (0, True, True)
    page = tmp_path / "notice.html"
    code, _, _ = sizao("policy", "notice", pack, "arrivals", "--on", "2020-06-18", "--page", page)
    assert (code, "<h2>How to appeal</h2>" in page.read_text(encoding="utf-8")) == (0, True)
    code, _, err = sizao("policy", "notice", pack, "arrivals", "--on", "2019-01-01")
    assert (code, "no text of arrivals is in force then" in err) == (1, True)
