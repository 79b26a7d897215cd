"""Folders of facts: what is filled in, what is refused and where, what comes back after writing."""

from __future__ import annotations

import fcntl
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sizao.facts.dictionary import FACTS
from sizao.facts.schemas import arrow_schema
from sizao.store.folder import ParquetFiles, alone_in, open_folder, write_folder
from sizao.store.problems import FolderProblems
from sizao.terms.identifiers import natural_key

ARRIVALS = """\
person,arrived_on,declared,source_record,known_at
p1,2020-06-20,declared,a1,2020-06-20T09:00:00+08:00
p2,2020-06-21,pushed,a2,
"""


@pytest.fixture
def folder(tmp_path):
    """Writes files and opens the folder."""

    def open_with(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return open_folder(tmp_path)

    return open_with


def said(problems):
    return [f"{problem.line}: {problem.words.en}" for problem in problems.value.problems]


def test_every_fact_has_a_table_in_its_schema_even_when_the_folder_has_no_file(folder):
    facts = folder(arrivals=ARRIVALS)
    assert list(facts) == list(FACTS)
    assert len(facts) == len(FACTS)
    assert all(facts[name].schema == arrow_schema(name) for name in facts)
    assert (facts.rows("arrivals"), facts.rows("deaths")) == (2, 0)


def test_what_a_row_leaves_out_is_filled_as_stated(folder):
    said_with_its_moment, without = folder(arrivals=ARRIVALS)["arrivals"].to_pylist()
    assert said_with_its_moment["known_at"] == datetime(2020, 6, 20, 1)
    assert not said_with_its_moment["derived"]
    assert without["happened_at"] == datetime(2020, 6, 20, 16)  # midnight in Shanghai
    assert without["known_at"] == without["recorded_at"] == without["happened_at"]
    assert without["derived"]
    assert (without["source_system"], without["source_version"], without["action"]) == ("folder", 1, "record")
    assert (without["key_hi"], without["key_lo"]) == natural_key("arrivals", "folder", "a2")
    assert without["fact_id"] != said_with_its_moment["fact_id"]
    assert without["area"] == "unstated"


def test_an_instant_event_and_an_own_area_fill_the_common_columns(folder):
    facts = folder(
        samples="sample,taken_at,kind\ns1,2020-06-18T01:02:03Z,pool\n",
        residences="person,located_in,from_on\np1,cn/51/5113,2020-01-01\n",
        areas="path,label_zh,label_en,level\ncn,中国,China,country\n",
    )
    assert facts["samples"]["happened_at"].to_pylist() == [datetime(2020, 6, 18, 1, 2, 3)]
    assert facts["residences"]["area"].to_pylist() == ["cn/51/5113"]
    assert facts["areas"]["happened_at"].to_pylist() == [datetime(2000, 1, 1)]


def test_opening_the_same_folder_again_gives_the_same_rows(folder):
    rows = "sample,person\ns1,p1\ns1,p2\n"
    first = folder(sample_members=rows)["sample_members"]
    assert folder(sample_members=rows)["sample_members"].equals(first)
    assert first["fact_id"].to_pylist()[0] != first["fact_id"].to_pylist()[1]


def test_the_same_row_again_is_merged_and_noted(folder):
    facts = folder(sample_members="sample,person\ns1,p1\ns1,p1\ns1,p2\n")
    assert facts.rows("sample_members") == 2
    assert [(note.kind, note.rows) for note in facts.notes] == [("merged", 1)]


def test_a_second_record_with_another_body_is_refused_whatever_the_order_of_rows(folder):
    early = "p1,2020-06-20,declared,a1,2020-06-20T01:00:00Z\n"
    late = "p1,2020-06-25,declared,a1,2020-06-25T01:00:00Z\n"
    head = "person,arrived_on,declared,source_record,known_at\n"
    for text in (head + early + late, head + late + early):
        facts = folder(arrivals=text)
        assert facts["arrivals"]["arrived_on"].to_pylist() == [date(2020, 6, 20)]
        assert [(note.kind, note.source_record) for note in facts.notes] == [("refused", "a1")]


def test_corrections_of_a_record_are_kept_and_competing_ones_are_noted(folder):
    head = "person,died_on,source_record,source_version,action,reason,known_at\n"
    facts = folder(
        deaths=head
        + "p1,2020-02-01,d1,1,record,,2020-02-02T00:00:00Z\n"
        + "p1,2020-02-02,d1,2,replace,,2020-02-03T00:00:00Z\n"
        + "p1,2020-02-03,d1,2,replace,,2020-02-04T00:00:00Z\n"
        + ",,d1,3,retract,mistaken identity,2020-02-05T00:00:00Z\n"
    )
    assert facts["deaths"]["action"].to_pylist() == ["record", "replace", "replace", "retract"]
    assert [note.kind for note in facts.notes] == ["competing"]


def test_all_wrong_values_are_named_with_their_lines(folder):
    with pytest.raises(FolderProblems) as problems:
        folder(
            arrivals="person,arrived_on,declared,conveyance_number\n"
            'p1,2020-06-20,declard,"a number\nover two lines"\n'
            "\n"
            "p2,20 June,pushed,\n"
        )
    assert said(problems) == [
        (
            "2: 'declared' must be one of the codes declared, pushed, port, but is 'declard'. "
            "Did you mean 'declared'?"
        ),
        "5: 'arrived_on' must be a date such as 2020-06-18 (from 1900 to 2199), but is '20 June'.",
    ]
    assert "arrivals.csv:5" in str(problems.value)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("deaths", "person\np1\n", "2: 'died_on' must be a date"),
        ("deaths", "person,died_on\n,2020-01-01\n", "2: 'person' must be an identifier, but is empty"),
        (
            "deaths",
            "person,died\np1,2020-01-01\n",
            "1: 'deaths' has no column 'died'. Did you mean 'died_on'",
        ),
        ("deaths", "person,person,died_on\np1,p1,2020-01-01\n", "stands there twice"),
        ("deaths", "person,died_on,action\np1,2020-01-01,retract\n", "fill in 'reason'"),
        ("deaths", "person,died_on,action\np1,2020-01-01,replace\n", "which record it is"),
        ("deaths", "person,died_on,source_version\np1,2020-01-01,0\n", "from 1 upwards"),
        ("deaths", "person,died_on,key_hi\np1,2020-01-01,7\n", "leave both columns out"),
        ("deaths", "person,died_on\np1\n", "Save it again"),
        ("deaths", "", "1: The file is empty"),
        ("areas", "path,label_zh,label_en,level\ncn//1,一,one,city\n", "'path' must be the path of an area"),
        (
            "stays",
            "person,located_in,from_on,until_on\np,cn,2020-01-02,2020-01-02\n",
            "later than from_on",
        ),
        (
            "exposures",
            "person,case,case_person,kind,first_on,last_on\np,c,q,meal,2020-01-02,2020-01-01\n",
            "no earlier than",
        ),
        ("arrival", ARRIVALS, "There is no fact 'arrival'. Rename the file, for example to arrivals.csv"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_mend(folder, name, text, words):
    with pytest.raises(FolderProblems) as problems:
        folder(**{name: text})
    assert any(words in line for line in said(problems))


def test_problems_of_all_files_are_named_at_once(folder):
    with pytest.raises(FolderProblems) as problems:
        folder(deaths="person\np1\n", arrivals="person\np1\n")
    assert {problem.file.name for problem in problems.value.problems} == {"deaths.csv", "arrivals.csv"}


def test_a_file_in_another_encoding_is_refused_with_advice(tmp_path):
    (tmp_path / "areas.csv").write_bytes(
        "path,label_zh,label_en,level\ncn,中国,China,country\n".encode("gb18030")
    )
    with pytest.raises(FolderProblems, match="CSV UTF-8"):
        open_folder(tmp_path)


def test_a_mark_of_byte_order_before_the_header_does_no_harm(tmp_path):
    (tmp_path / "deaths.csv").write_text("person,died_on\np1,2020-01-01\n", encoding="utf-8-sig")
    assert open_folder(tmp_path)["deaths"]["person"].to_pylist() == ["p1"]


def test_a_place_that_is_no_folder_is_refused(tmp_path):
    with pytest.raises(FolderProblems, match="Name the folder"):
        open_folder(tmp_path / "nowhere")


def test_two_files_of_one_fact_are_refused(folder, tmp_path):
    write_folder(tmp_path / "written", {"arrivals": folder(arrivals=ARRIVALS)["arrivals"]})
    (tmp_path / "written" / "arrivals.parquet").rename(tmp_path / "arrivals.parquet")
    with pytest.raises(FolderProblems, match="another file"):
        open_folder(tmp_path)


def test_other_files_of_the_folder_are_left_alone(tmp_path):
    (tmp_path / "README.md").write_text("notes", encoding="utf-8")
    assert open_folder(tmp_path).rows("arrivals") == 0


def test_what_is_written_comes_back_and_stays_on_disk_until_asked_for(folder, tmp_path):
    facts = folder(arrivals=ARRIVALS, deaths="person,died_on\np1,2020-02-01\n")
    write_folder(tmp_path / "written", facts)
    again = open_folder(tmp_path / "written")
    source = again.source("arrivals")
    assert isinstance(source, ParquetFiles)
    assert (source.keys, again.rows("arrivals")) == ("unique", 2)
    assert again["arrivals"].equals(facts["arrivals"])
    assert sorted(path.name for path in (tmp_path / "written").iterdir()) == [
        "arrivals.parquet",
        "deaths.parquet",
    ]


def test_a_table_with_corrections_is_marked_chained(folder, tmp_path):
    head = "person,died_on,source_record,source_version,action,reason\n"
    facts = folder(deaths=head + "p1,2020-02-01,d1,1,record,\n,,d1,2,retract,wrong person\n")
    write_folder(tmp_path / "written", {"deaths": facts["deaths"]})
    source = open_folder(tmp_path / "written").source("deaths")
    assert isinstance(source, ParquetFiles)
    assert source.keys == "chained"


def test_a_table_that_breaks_the_dictionary_is_not_written(folder, tmp_path):
    deaths = folder(deaths="person,died_on\np1,2020-02-01\n")["deaths"]
    twice = pa.concat_tables([deaths, deaths])
    nameless = deaths.set_column(0, "person", pa.nulls(1, pa.string()))
    for wrong, words in (
        (twice, "two records of one key"),
        (nameless, "'person' must be an identifier"),
        (deaths.select(["person"]), "other columns"),
        (
            deaths.set_column(
                deaths.schema.names.index("known_at"),
                deaths.schema.field("known_at"),
                pa.nulls(1, pa.timestamp("us")),
            ),
            "without 'known_at'",
        ),
    ):
        with pytest.raises(ValueError, match=words):
            write_folder(tmp_path / "written", {"deaths": wrong})
    assert not list((tmp_path / "written").iterdir())


def test_an_unmarked_parquet_file_is_checked_like_a_sheet(tmp_path):
    pq.write_table(
        pa.table(
            {
                "person": ["p1"],
                "checked_at": pa.array([datetime(2020, 6, 18)], pa.timestamp("ms", "UTC")),
                "symptoms": [False],
                "temperature": pa.array([37], pa.int32()),
            }
        ),
        tmp_path / "health_checks.parquet",
    )
    row = open_folder(tmp_path)["health_checks"].to_pylist()[0]
    assert (row["checked_at"], row["temperature"]) == (datetime(2020, 6, 18), 37.0)
    pq.write_table(pa.table({"person": ["p1"], "died_on": ["soon"]}), tmp_path / "deaths.parquet")
    with pytest.raises(FolderProblems, match="'died_on' must be date32"):
        open_folder(tmp_path)
    pq.write_table(pa.table({"person": ["p1"]}), tmp_path / "deaths.parquet")
    with pytest.raises(FolderProblems, match="row 1: 'died_on'"):
        open_folder(tmp_path)


def test_a_day_outside_the_calendar_is_refused(tmp_path):
    pq.write_table(
        pa.table({"person": ["p1", "p2"], "died_on": [date(2020, 1, 1), date(20, 1, 1)]}),
        tmp_path / "deaths.parquet",
    )
    with pytest.raises(FolderProblems, match=r"row 2: 'died_on' must be a date .* but is '0020-01-01'"):
        open_folder(tmp_path)


def test_a_forged_mark_is_found_out_when_marks_are_not_trusted(folder, tmp_path):
    deaths = folder(deaths="person,died_on\np1,2020-02-01\n")["deaths"]
    nameless = deaths.set_column(0, "person", pa.nulls(1, pa.string()))
    (tmp_path / "forged").mkdir()
    pq.write_table(
        nameless.replace_schema_metadata({"sizao.keys": "unique"}), tmp_path / "forged" / "deaths.parquet"
    )
    assert open_folder(tmp_path / "forged").rows("deaths") == 1
    with pytest.raises(FolderProblems, match="'person' must be an identifier"):
        open_folder(tmp_path / "forged", trust=False)


def test_a_file_that_only_says_that_it_is_parquet_is_refused(tmp_path):
    (tmp_path / "deaths.parquet").write_text("person,died_on\n", encoding="utf-8")
    with pytest.raises(FolderProblems, match="no Parquet file"):
        open_folder(tmp_path)


def test_a_marked_file_of_another_dictionary_is_refused(tmp_path):
    old = pa.table({"person": ["p1"]}).replace_schema_metadata({"sizao.keys": "unique"})
    pq.write_table(old, tmp_path / "deaths.parquet")
    with pytest.raises(FolderProblems, match="this version of the dictionary"):
        open_folder(tmp_path)


def test_a_fact_may_be_a_folder_of_several_files(folder, tmp_path):
    arrivals = folder(arrivals=ARRIVALS)["arrivals"]
    for number in range(2):
        write_folder(tmp_path / "parts" / str(number), {"arrivals": arrivals.slice(number, 1)})
    whole = tmp_path / "whole" / "arrivals"
    whole.mkdir(parents=True)
    for number in range(2):
        (tmp_path / "parts" / str(number) / "arrivals.parquet").rename(whole / f"{number}.parquet")
    assert open_folder(whole.parent)["arrivals"].equals(arrivals)


def test_a_fact_is_not_written_beside_a_csv_file_of_the_same_fact(tmp_path: Path) -> None:
    text = "person,died_on,source_record\np1,2020-03-01,1\n"
    (tmp_path / "deaths.csv").write_text(text, encoding="utf-8")
    tables = {"deaths": open_folder(tmp_path)["deaths"]}
    with pytest.raises(FolderProblems, match=r"deaths\.csv"):
        write_folder(tmp_path, tables)
    assert not (tmp_path / "deaths.parquet").exists()


def test_of_two_commands_on_one_folder_one_waits_for_the_other(tmp_path: Path) -> None:
    with alone_in(tmp_path), (tmp_path / ".lock").open("w") as second, pytest.raises(BlockingIOError):
        fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with (tmp_path / ".lock").open("w") as second:
        fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
