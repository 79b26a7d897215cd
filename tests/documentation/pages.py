"""Pages of the documentation as a reader takes them: files to write, commands to run, words to expect.

A block of `sh` is run line by line; the block of `text` after it is what the reader will see, shortened:
every line must come in this order, spaces do not count, and `…` stands for anything. A block of `yaml`, `csv`
or `python` after a line that ends in a file name and a colon is written to that file. "sh status=1" says that
the last command is meant to be refused.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sizao.cli.running import run

ROOT = Path(__file__).resolve().parents[2]
SIZAO = ".venv/bin/sizao "
BLOCK = re.compile(r"^```(\w*)[ ]*([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE_NAME = re.compile(r"`([\w./-]+\.(?:yaml|csv|py))`[^\n]*[:：]\s*\Z")


@dataclass(frozen=True)
class Block:
    """One fenced block: its kind, the words behind the kind, its text, the file that it is, its line."""

    kind: str
    words: str
    text: str
    file: str | None
    line: int

    @property
    def commands(self) -> list[str]:
        joined = self.text.replace("\\\n", " ")
        return [" ".join(line.split()) for line in joined.splitlines() if line and not line.startswith("#")]


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found = []
    for match in BLOCK.finditer(text):
        named = FILE_NAME.search(text[: match.start()])
        line = text[: match.start()].count("\n") + 1
        found.append(Block(match[1], match[2], match[3], named[1] if named else None, line))
    return found


def commands(page: Path) -> list[str]:
    return [command for block in blocks(page) if block.kind == "sh" for command in block.commands]


@dataclass
class Reader:
    """Somebody who follows a page in a folder of their own, with the packs and the examples of a clone.

    What happened after the same beginning is taken from `seen`: most pages begin with the same intake.
    """

    folder: Path
    seen: dict[tuple[str, ...], tuple[str, int, Path]]
    done: tuple[str, ...] = ()
    state: Path | None = field(default=None)

    def follow(self, page: Path) -> None:
        said = ""
        for block in blocks(page):
            place = f"{page.relative_to(ROOT)}:{block.line}"
            if block.kind == "sh":
                said = self._type(block, place)
            elif block.kind == "text" and said:
                missing = not_said(block.text, said)
                assert missing is None, f"{place}: the page shows {missing!r}; what was said:\n{said}"
            elif block.file is not None:
                self._write(block.file, block.text)

    def _type(self, block: Block, place: str) -> str:
        said, wanted = "", 1 if "status=1" in block.words else 0
        for number, command in enumerate(block.commands, start=1):
            if command.startswith("make "):
                continue
            words, status = self._run(command)
            said += words
            last = number == len(block.commands)
            assert status == (wanted if last else 0), f"{place}: {command}\nended with {status}:\n{words}"
        return said

    def _run(self, command: str) -> tuple[str, int]:
        self.done += (command,)
        if self.done not in self.seen:
            here = self._own_folder()
            said, status = typed(command, here)
            kept = here.with_name(f"{here.name}-{len(self.done)}")
            shutil.copytree(here, kept)
            self.seen[self.done] = (said, status, kept)
        said, status, self.state = self.seen[self.done]
        return said, status

    def _write(self, name: str, text: str) -> None:
        file = self._own_folder() / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        self.done += (f"{name}: {text}",)

    def _own_folder(self) -> Path:
        """The reader's folder as the last command left it, whoever ran that."""
        if self.state is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            shutil.copytree(self.state, self.folder)
            self.state = None
        elif not self.folder.exists():
            for part in ("policies", "examples"):
                shutil.copytree(ROOT / part, self.folder / part)
        return self.folder


def typed(command: str, folder: Path) -> tuple[str, int]:
    """What a terminal shows after a command, and its exit status. Sizao runs in this process, to be quick."""
    if command.startswith(SIZAO):
        words = shlex.split(command)[1:]
        shown = io.StringIO()
        with contextlib.chdir(folder), contextlib.redirect_stdout(shown), contextlib.redirect_stderr(shown):
            status = run(words, {"LANG": "C.UTF-8"})
        return shown.getvalue(), status
    command = command.replace(".venv/bin/python", shlex.quote(sys.executable))
    ended = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "LANG": "C.UTF-8"},
        check=False,
    )
    return ended.stdout, ended.returncode


def not_said(shown: str, said: str) -> str | None:
    """The first line shown that does not come in what was said, in the order shown."""
    lines = iter([" ".join(line.split()) for line in said.splitlines()])
    for line in _lines_that_say_something(shown):
        pattern = re.compile(".*".join(map(re.escape, re.split(r" ?… ?", line))))
        if not any(pattern.fullmatch(real) for real in lines):
            return line
    return None


def _lines_that_say_something(text: str) -> Iterator[str]:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return (line for line in lines if line.strip("…"))
