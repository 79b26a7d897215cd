"""Read the files of a policy pack as texts; what they mean is for `sizao.policy` to say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sizao.store.problems import FileProblem, FolderProblems
from sizao.terms.words import Words

LARGEST_FILE = 4_000_000  # bytes; a rule file that people read has a few thousand


def read_pack(path: Path | str) -> Mapping[str, str]:
    """Path relative to the pack -> text, of every YAML file in it, in order of path.

    FolderProblems when it is no pack, a file is not UTF-8, is too large, or links out of the pack.
    """
    folder = Path(path)
    if not (folder / "pack.yaml").is_file():
        words = Words(
            "没有 pack.yaml；请指明政策包文件夹，如 policies/training-2020。",
            "There is no pack.yaml here. Name the folder of a policy pack, such as policies/training-2020.",
        )
        raise FolderProblems([FileProblem(folder, None, words)])
    texts: dict[str, str] = {}
    problems: list[FileProblem] = []
    for file in sorted(folder.rglob("*.yaml")):
        words_or_text = _text(folder, file)
        if isinstance(words_or_text, Words):
            problems.append(FileProblem(file, None, words_or_text))
        else:
            texts[file.relative_to(folder).as_posix()] = words_or_text
    if problems:
        raise FolderProblems(problems)
    return texts


def read_packs_beside(path: Path | str) -> Mapping[str, Mapping[str, str]]:
    """Name of folder -> its files, of every other pack beside this one: those it may extend."""
    folder = Path(path).resolve()
    return {
        other.name: read_pack(other)
        for other in sorted(folder.parent.iterdir())
        if other != folder and (other / "pack.yaml").is_file()
    }


def _text(folder: Path, file: Path) -> str | Words:
    if not file.resolve().is_relative_to(folder.resolve()):
        return Words("链接指向政策包之外。", "This link leads out of the pack. Copy the file into the pack.")
    if file.stat().st_size > LARGEST_FILE:
        return Words("文件超过 4 MB。", "The file is larger than 4 MB. Split it.")
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as cause:
        return Words(
            f"第 {cause.start} 字节不是 UTF-8；请另存为 UTF-8。",
            f"Byte {cause.start} is not UTF-8. Save the file again as UTF-8.",
        )
