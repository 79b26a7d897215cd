"""Reading a policy pack as texts."""

from __future__ import annotations

import pytest

from sizao.store.packs import LARGEST_FILE, read_pack, read_packs_beside
from sizao.store.problems import FolderProblems


@pytest.fixture
def pack(tmp_path):
    (tmp_path / "city" / "rules").mkdir(parents=True)
    (tmp_path / "city" / "pack.yaml").write_text("pack: city\n", encoding="utf-8-sig")
    (tmp_path / "city" / "rules" / "早.yaml").write_text("a: 早\n", encoding="utf-8")
    (tmp_path / "city" / "notes.txt").write_text("no part of the pack", encoding="utf-8")
    return tmp_path / "city"


def test_a_pack_is_its_yaml_files_by_their_paths(pack):
    assert read_pack(pack) == {"pack.yaml": "pack: city\n", "rules/早.yaml": "a: 早\n"}


def test_packs_beside_it_are_those_it_may_extend(pack):
    (pack.parent / "province").mkdir()
    (pack.parent / "province" / "pack.yaml").write_text("pack: province\n", encoding="utf-8")
    (pack.parent / "other").mkdir()
    assert read_packs_beside(pack) == {"province": {"pack.yaml": "pack: province\n"}}


def test_a_folder_without_pack_yaml_is_no_pack(pack):
    with pytest.raises(FolderProblems, match=r"no pack\.yaml"):
        read_pack(pack / "rules")


def test_files_that_are_no_text_too_large_or_lead_out_are_all_named(pack):
    (pack / "rules" / "a.yaml").write_bytes(b"a: \xff\n")
    (pack / "rules" / "b.yaml").write_bytes(b"#" * (LARGEST_FILE + 1))
    (pack.parent / "outside.yaml").write_text("a: 1\n", encoding="utf-8")
    (pack / "rules" / "c.yaml").symlink_to(pack.parent / "outside.yaml")
    with pytest.raises(FolderProblems) as problems:
        read_pack(pack)
    words = [problem.words.en for problem in problems.value.problems]
    assert ["not UTF-8" in words[0], "larger than" in words[1], "out of the pack" in words[2]] == [True] * 3
