"""Who is alike: documents that pass their check, names in two scripts, slips of the pen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from sizao.intake.persons import Said, blocks, compare, keys, weights
from sizao.intake.persons.documents import document
from sizao.intake.persons.likeness import WORDS, name_level
from sizao.intake.persons.names import plain, sound, spelled
from sizao.intake.persons.telephones import plain as telephone
from sizao.intake.persons.weights import FILE, read

DOCUMENT = "990101199003074235"  # county codes that begin with 99 are given to nobody
SOMEBODY = Said("张伟", DOCUMENT, "13800138000", date(1990, 3, 7), "灯笼街道3号楼502室", "male")


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("张伟", "張偉", "same"),
        ("张 伟", "张伟", "same"),
        ("欧阳·小燕", "歐陽小燕", "same"),
        ("张伟", "ZHANG WEI", "script"),
        ("张伟", "Zhang, Wei", "script"),
        ("欧阳小燕", "OUYANG XIAOYAN", "script"),
        ("吕布", "LYU BU", "script"),
        ("单雄信", "Shan Xiongxin", "script"),
        ("解小红", "Xie Xiaohong", "script"),
        ("张伟", "Wei Zhang", "order"),
        ("欧阳小燕", "Xiaoyan Ouyang", "order"),
        ("José García", "GARCÍA JOSÉ", "order"),
        ("张伟", "章炜", "sound"),
        ("张子轩", "张子涵", "close"),
        ("王芳", "李强", "different"),
        ("", "李强", None),
        ("…", "李强", None),
    ],
)
def test_two_ways_of_writing_a_name_agree_as_far_as_they_do(one: str, other: str, level: str | None) -> None:
    assert name_level(one, other) == name_level(other, one) == level


def test_a_name_sounds_the_same_however_it_is_parted_and_whatever_stands_first() -> None:
    assert sound("张伟") == sound("WEI ZHANG") == sound("Zhangwei")
    assert spelled("曾国华") == "zeng guo hua"
    assert plain("José") != plain("Jose")
    assert sound("José") == sound("Jose")


def test_a_residents_number_says_whether_it_can_be_right() -> None:
    held = document("990101 19900307 4235")
    assert held is not None
    assert (held.valid, held.is_key, held.birth_on, held.sex) == (True, True, date(1990, 3, 7), "male")
    for slip in (DOCUMENT[:-1] + "6", DOCUMENT[:3] + "7" + DOCUMENT[4:], "990101199002304235"):
        wrong = document(slip)
        assert wrong is not None
        assert wrong.valid is False
        assert not wrong.is_key


def test_every_single_wrong_digit_of_a_residents_number_is_noticed() -> None:
    for place in range(17):
        for digit in "0123456789":
            if digit != DOCUMENT[place] and not (place == 0 and digit == "0"):
                slip = document(DOCUMENT[:place] + digit + DOCUMENT[place + 1 :])
                assert slip is not None
                assert slip.valid is False, place


def test_a_number_of_the_first_generation_is_the_one_it_became() -> None:
    old, new = document("990101900307423"), document(DOCUMENT)
    assert old == new


def test_passports_have_a_form_and_no_check() -> None:
    for text, is_key in (("E12345678", True), ("h 1234567", True), ("no number", False), ("12", False)):
        held = document(text)
        assert held is not None
        assert held.valid is None
        assert held.is_key is is_key, text
    assert document("…") is None


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86-138-0013-8000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("0571-8888 8888", "8657188888888"),
        ("+44 20 7946 0958", "442079460958"),
        ("12345", "12345"),
        ("", ""),
    ],
)
def test_a_telephone_number_is_kept_in_one_way_of_writing(written: str, kept: str) -> None:
    assert telephone(written) == kept


@pytest.mark.parametrize(
    "slip",
    [
        {"document": DOCUMENT[:15] + "8" + DOCUMENT[16:]},
        {"document": None, "birth_on": date(1990, 7, 3)},
        {"document": None, "birth_on": date(1990, 3, 17)},
        {"document": None, "name": "ZHANG WEI", "address": None},
        {"document": None, "name": "章炜"},
        {"document": None, "telephone": "13800138001"},
        {"document": None, "telephone": None, "address": "灯笼街道 3-502"},
    ],
)
def test_one_slip_leaves_the_person_found_and_sure(slip: dict[str, object]) -> None:
    written = replace(SOMEBODY, **slip)  # type: ignore[arg-type]
    shared = {*blocks(written), *keys(written).values()} & {*blocks(SOMEBODY), *keys(SOMEBODY).values()}
    assert any(not part.startswith("sound:") for part in shared), "found under some part"
    likeness = compare(written, SOMEBODY, weights())
    assert likeness.is_sure(weights()), likeness


@pytest.mark.parametrize(
    "other",
    [
        Said("张伟", birth_on=date(1990, 3, 7)),  # as many share a name and a birthday
        Said("张伟", telephone="13800138000", birth_on=date(1961, 5, 1)),  # the father
        replace(SOMEBODY, name="张子涵", document=None),  # a twin
        replace(SOMEBODY, name="李娜", document=None, sex="female"),  # the wife
        Said("张伟", "990101199003074219", None, date(1990, 3, 7)),  # another valid number
    ],
)
def test_who_may_be_somebody_else_is_never_sure(other: Said) -> None:
    assert not compare(other, SOMEBODY, weights()).is_sure(weights())


def test_two_valid_numbers_one_digit_apart_are_two_numbers() -> None:
    twin = next(
        number
        for place in range(6)
        for digit in "123456789"
        if digit != DOCUMENT[place]
        for check in "0123456789X"
        for number in [DOCUMENT[:place] + digit + DOCUMENT[place + 1 : 17] + check]
        if (held := document(number)) and held.valid
    )
    levels = compare(replace(SOMEBODY, document=twin), SOMEBODY, weights()).levels
    assert levels["document"] == "different"


def test_the_likeness_is_the_same_from_both_sides_and_says_a_reason_for_each_field() -> None:
    other = replace(SOMEBODY, name="ZHANG WEI", telephone="13800138001")
    there, back = compare(SOMEBODY, other, weights()), compare(other, SOMEBODY, weights())
    assert there == back
    assert len(there.reasons) == len(there.levels) == 6
    assert all(words.zh and words.en for words in there.reasons)


def test_every_level_has_a_weight_and_words() -> None:
    levels = {(field, level) for field, of in weights().bits.items() for level in of}
    assert levels == set(WORDS)


def test_a_weight_that_is_no_share_is_refused_by_name() -> None:
    text = FILE.read_text(encoding="utf-8").replace(
        "same: {same: 0.99, other: 0.5}", "same: {same: 9, other: 0.5}"
    )
    with pytest.raises(ValueError, match=r"sex\.same"):
        read(text)
