"""Names of places and published lists: what they mean, what they contradict, and the grade on a day."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa
import pytest

from drawn import facts
from sizao.risk.divisions import Division, Divisions
from sizao.risk.lists import Spell, announced, parts_of
from sizao.risk.look_up import EVER, Announcements, recorded
from sizao.store.running import run

NAMES = (
    ("cn", "中国", "country"),
    ("cn/11", "北京市", "province"),
    ("cn/11/1101", "市辖区", "city"),
    ("cn/11/1101/110105", "朝阳区", "county"),
    ("cn/11/1101/110105/110105011", "酒仙桥街道", "street"),
    ("cn/12", "天津市", "province"),
    ("cn/12/1201", "市辖区", "city"),
    ("cn/12/1201/120103", "河西区", "county"),
    ("cn/21", "辽宁省", "province"),
    ("cn/21/2113", "朝阳市", "city"),
    ("cn/22", "吉林省", "province"),
    ("cn/22/2201", "长春市", "city"),
    ("cn/22/2201/220104", "朝阳区", "county"),
    ("cn/22/2202", "吉林市", "city"),
    ("cn/22/2202/220211", "丰满区", "county"),
    ("cn/46", "海南省", "province"),
    ("cn/46/4604", "儋州市", "city"),
    ("cn/46/4690", "省直辖县级行政区划", "city"),
    ("cn/46/4690/469006", "万宁市", "county"),
    ("cn/51", "四川省", "province"),
    ("cn/51/5101", "成都市", "city"),
    ("cn/51/5101/510107", "武侯区", "county"),
)
TREE = Divisions(Division(*one) for one in NAMES)


@pytest.mark.parametrize(
    ("names", "path", "how", "place"),
    [
        (("四川省", "成都市", "武侯区"), "cn/51/5101/510107", "exact", ()),
        (("四川省", "成都", "武侯"), "cn/51/5101/510107", "exact", ()),
        (("北京市", "朝阳区", "酒仙桥街道"), "cn/11/1101/110105/110105011", "shifted", ()),
        (("北京市", "朝阳区", "某某乡"), "cn/11/1101/110105", "shifted", ("某某乡",)),
        (("天津市", "天津市", "河西区"), "cn/12/1201/120103", "shifted", ()),
        (("天津市", "天津市", "某经开区"), "cn/12", "in_city", ("某经开区",)),
        (("海南省", "省直辖县级行政单位", "万宁市"), "cn/46/4690/469006", "in_province", ()),
        (("海南省", "儋州市", "市辖区"), "cn/46/4604", "exact", ()),
        (("四川省", "成都市", "高新区"), "cn/51/5101", "in_city", ("高新区",)),
        (("四川省", "不存在市", "不存在区"), None, None, ()),
        (("某兵团", "某兵团", "某兵团"), None, None, ()),
        (("四川省", "成都市", ""), "cn/51/5101", "exact", ()),
    ],
)
def test_the_columns_of_a_list_mean_an_area(
    names: tuple[str, str, str], path: str | None, how: str | None, place: tuple[str, ...]
) -> None:
    found = TREE.match(*names)
    assert (found.path, found.how, found.place) == (path, how, place)


@pytest.mark.parametrize(
    ("address", "path", "rest"),
    [
        ("北京市朝阳区酒仙桥街道二街坊", "cn/11/1101/110105/110105011", "二街坊"),
        ("北京朝阳", "cn/11/1101/110105", ""),
        ("四川省，成都市，武侯区", "cn/51/5101/510107", ""),
        ("成都高新区", "cn/51/5101", "高新区"),
        ("吉林市丰满区", "cn/22/2202/220211", ""),
        ("吉林省吉林市", "cn/22/2202", ""),
        ("朝阳区", None, "朝阳区"),  # two counties have the name
        ("朝阳市", "cn/21/2113", ""),
        ("海王星", None, "海王星"),
        ("cn/51/5101", "cn/51/5101", ""),
    ],
)
def test_an_address_is_read_from_its_widest_name(address: str, path: str | None, rest: str) -> None:
    assert TREE.read(address) == (path, rest)


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("春华里12号楼", ("春华里12号楼",)),
        ("春华里12号楼、7号楼", ("春华里12号楼", "春华里7号楼")),
        ("新苑58号楼1门、2门，60号楼", ("新苑58号楼1门", "新苑58号楼2门", "新苑60号楼")),
        ("泰山里79、81、83门", ("泰山里79门", "泰山里81门", "泰山里83门")),
        ("环湖南里13-17门，23-28门", ("环湖南里13-17门", "环湖南里23-28门")),
        ("甲社区、乙社区", ("甲社区", "乙社区")),
        ("辽阳街（101栋、143栋）", ("辽阳街(101栋、143栋)",)),
        ("建设路以西、交通路以南合围区域", ("建设路以西、交通路以南合围区域",)),
        ("", ("",)),
        ("全域", ("",)),
        ("春华里12号楼、12号楼", ("春华里12号楼",)),
    ],
)
def test_a_name_that_bundles_several_buildings_is_taken_apart(name: str, places: tuple[str, ...]) -> None:
    assert parts_of(name) == places


def spell(level: str, community: str, first: str, last: str, names: str = "四川省 成都市 武侯区") -> Spell:
    province, city, county = names.split(" ")
    return Spell(
        level, province, city, county, community, datetime.fromisoformat(first), datetime.fromisoformat(last)
    )


def test_every_row_of_a_list_is_accounted_for() -> None:
    rows, account = announced(
        [
            spell("high", "甲小区1号楼、2号楼", "2022-09-01 10:00", "2022-09-05 10:00"),
            spell("middle", "甲小区1号楼", "2022-09-03 10:00", "2022-09-08 10:00"),  # at two levels at once
            spell("middle", "甲小区2号楼", "2022-09-05 21:00", "2022-09-08 10:00"),  # changed within the day
            spell("high", "乙小区", "2022-09-01 10:00", "2022-09-05 10:00"),
            spell("high", "乙小区", "2022-09-02 10:00", "2022-09-06 10:00"),  # repeated
            spell("high", "", "2022-09-01 10:00", "2022-09-02 10:00"),  # the whole county
            spell("blue", "丙小区", "2022-09-01 10:00", "2022-09-02 10:00"),
            spell("high", "丁小区", "2022-09-01 10:00", "2022-09-02 10:00", "某兵团 某兵团 某兵团"),
            Spell("high", "", "", "", "", datetime(2022, 9, 1), datetime(2022, 9, 2)),
        ],
        TREE,
    )
    assert account.rows == 9 == sum(account.how.values())
    assert account.how == {"exact": 7, "unmatched": 1, "no_names": 1}
    assert account.unmatched == {("某兵团", "某兵团", "某兵团"): 1}
    assert (account.levels_unknown, account.several, account.whole_areas) == (1, 1, 1)
    assert (account.contradictory, account.places_contradictory) == (1, 1)
    assert (account.changed_in_a_day, account.repeated) == (1, 1)
    assert {(one.graded, one.from_on, one.until_on) for one in rows if one.row == 1} == {
        (f"cn/51/5101/510107/甲小区{n}号楼", date(2022, 9, 1), date(2022, 9, 6)) for n in (1, 2)
    }


@pytest.fixture(scope="module")
def asked() -> Announcements:
    def row(
        number: int, graded: str, grade: str, first: date, until: date, **more: object
    ) -> dict[str, object]:
        return {"id": f"g{number}", "graded": graded, "grade": grade, "from_on": first, "until_on": until} | {
            "counts_upward": False,
            "announced_by": "list",
            **more,
        }

    home = "cn/51/5101/510107"
    september = date(2022, 9, 1), date(2022, 9, 10)
    table = facts(
        "area_grades",
        row(1, "cn", "low", date(2022, 4, 15), date(2022, 10, 15)),
        row(2, f"{home}/甲小区1号楼", "high", *september),
        row(3, f"{home}/甲小区1号楼", "medium", date(2022, 9, 5), date(2022, 9, 15)),
        row(4, f"{home}/乙小区", "medium", *september),
        row(5, "cn/46/4604", "high", *september),
        row(6, "cn/22/2202/220211/港", "high", *september, counts_upward=True),
    )
    areas = [
        {"id": path, "path": path, "label_zh": name, "label_en": name, "level": level}
        for path, name, level in NAMES
    ]
    tables: dict[str, pa.Table] = {"areas": facts("areas", *areas), "area_grades": table}
    return Announcements(run(recorded(EVER), tables), ("low", "medium", "high"))


@pytest.mark.parametrize(
    ("place", "on", "grade"),
    [
        ("成都市武侯区甲小区1号楼", date(2022, 8, 31), "low"),
        ("成都市武侯区甲小区1号楼", date(2022, 9, 1), "high"),
        ("成都市武侯区甲小区1号楼", date(2022, 9, 9), "high"),
        ("成都市武侯区甲小区1号楼", date(2022, 9, 10), "medium"),
        ("成都市武侯区甲小区1号楼", date(2022, 9, 15), "low"),
        ("成都市武侯区乙小区3号楼", date(2022, 9, 2), "medium"),  # a building of a listed compound
        ("成都市武侯区丙小区", date(2022, 9, 2), "low"),
        ("成都市武侯区", date(2022, 9, 2), "low"),
        ("海南省儋州市某镇", date(2022, 9, 2), "high"),  # the whole city is listed
        ("吉林市丰满区", date(2022, 9, 2), "high"),  # a port that counts for the areas above it
        ("成都市武侯区甲小区1号楼", date(2022, 10, 14), "low"),
        ("成都市武侯区甲小区1号楼", date(2022, 10, 15), None),
        ("成都市武侯区甲小区1号楼", date(2022, 11, 20), None),
        ("成都市武侯区甲小区1号楼", date(2022, 4, 14), None),
        ("海王星", date(2022, 9, 2), None),
    ],
)
def test_the_grade_of_a_place_on_a_day(asked: Announcements, place: str, on: date, grade: str | None) -> None:
    assert asked.look_up(place, on).grade == grade


def test_two_levels_at_once_and_what_lies_within_are_said(asked: Announcements) -> None:
    building = asked.look_up("成都市武侯区甲小区1号楼", date(2022, 9, 6))
    assert building.at_once == ("medium", "high")
    assert "at once" in building.say("en")
    assert "取最高" in building.say("zh")
    county = asked.look_up("四川省成都市武侯区", date(2022, 9, 6))
    assert county.inside == {"high": 1, "medium": 2}
    assert county.named == "四川省成都市武侯区"


def test_a_day_that_no_list_covers_is_said_to_be_not_known(asked: Announcements) -> None:
    outside = asked.look_up("成都市武侯区", date(2022, 11, 20))
    assert "not known" in outside.say("en")
    assert "No recorded list" in outside.say("en")
    assert "不明" in outside.say("zh")
    assert outside.record()["known"] is False


def test_a_name_that_fits_no_one_area_is_said(asked: Announcements) -> None:
    assert asked.look_up("朝阳区", date(2022, 9, 2)).area is None
    assert "province" in asked.look_up("朝阳区", date(2022, 9, 2)).say("en")
