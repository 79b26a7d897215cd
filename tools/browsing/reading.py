"""A page as text: its links, the numbers that are links, how many rows the lists on it say and show."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(("area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"))


@dataclass
class Read:
    """One page. counts: (number, address) of every number that leads somewhere."""

    links: list[str] = field(default_factory=list)
    counts: list[tuple[int, str]] = field(default_factory=list)
    unlinked: list[str] = field(default_factory=list)  # numbers marked as counts that lead nowhere
    totals: list[int] = field(default_factory=list)  # what the list says of itself
    rows: int = 0  # rows of the list that stand on this page
    files: list[str] = field(default_factory=list)  # addresses of the whole list as CSV
    lists: dict[str, int] = field(default_factory=dict)  # further lists on it: id -> rows
    folds: list[Fold] = field(default_factory=list)


@dataclass
class Fold:
    """A list that unfolds under its heading: what the heading says, and how many rows there are."""

    number: int | None = None
    rows: int | None = None


@dataclass
class _List:
    """A list marked data-list that is being read. depth: of its rows among the open elements."""

    name: str
    depth: int
    rows: int = 0


def read(html: str) -> Read:
    """What stands on a page, in the order of its text."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.found


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found = Read()
        self.open: list[tuple[str, dict[str, str]]] = []
        self.counting: list[str] | None = None  # text of the count that is being read
        self.depth = 0
        self.marked = False  # whether the page says that it is a count
        self.folds: list[Fold] = []  # those that are open, the innermost last
        self.list: _List | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append((tag, said))
        if tag == "details":
            self.folds.append(Fold())
        self._row(tag, said)
        if tag == "a" and "href" in said:
            self._link(said)
        if "data-total" in said:
            self.found.totals.append(int(said["data-total"]))
        classes = said.get("class", "").split()
        if "data-count" in said:
            self.marked = True
            self._number(said["data-count"])
        elif "count" in classes or (tag == "a" and "href" in said and not self._in_pages()):
            # Of a link the whole text; where a number is marked inside it, that number.
            self.counting, self.depth = [], len(self.open)
            self.marked = "count" in classes

    def handle_data(self, data: str) -> None:
        if self.counting is not None:
            self.counting.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or not any(name == tag for name, _ in self.open):
            return
        if self.counting is not None and len(self.open) == self.depth and self.open[-1][0] == tag:
            self._number("".join(self.counting))
            self.counting = None
        while self.open:
            name = self.open.pop()[0]
            if name == "details":
                self._folded(self.folds.pop())
            if self.list is not None and len(self.open) < self.list.depth:
                self._listed(self.list)
                self.list = None
            if name == tag:
                break

    def _row(self, tag: str, said: dict[str, str]) -> None:
        if "data-list" in said:
            self.list = _List(said.get("id", ""), len(self.open))
        elif self.list is not None and tag == "li" and len(self.open) == self.list.depth + 1:
            self.list.rows += 1
        if "data-row" in said or (tag == "tr" and self._in_rows()):
            self.found.rows += 1

    def _listed(self, one: _List) -> None:
        if one.name:
            self.found.lists[one.name] = one.rows
        if self.folds and self.folds[-1].rows is None:
            self.folds[-1].rows = one.rows

    def _folded(self, fold: Fold) -> None:
        if fold.number is not None:
            self.found.folds.append(fold)

    def _link(self, said: dict[str, str]) -> None:
        if "download" in said:
            if "as=csv" in said["href"]:
                self.found.files.append(said["href"])
        else:
            self.found.links.append(said["href"])

    def _in_rows(self) -> bool:
        """A row of the body of a list; the list of this page, not any table."""
        names = [name for name, _ in self.open]
        inside = any(name == "table" and "rows" in said.get("class", "").split() for name, said in self.open)
        return inside and "tbody" in names

    def _in_pages(self) -> bool:
        """Among the numbers of pages, which count nothing."""
        return any(name == "nav" and "pages" in said.get("class", "").split() for name, said in self.open)

    def _number(self, text: str) -> None:
        digits = re.sub(r"[\s,\u202f\u00a0]", "", text)
        if not digits.isdecimal():
            return
        around = next((said for name, said in reversed(self.open) if name == "a" and "href" in said), None)
        if around is not None and not self.marked and digits in around["href"].split("?")[0].split("/"):
            return  # the name of what the link leads to
        if around is not None:
            self.found.counts.append((int(digits), around["href"]))
        elif self.folds and any(name == "summary" for name, _ in self.open):
            self.folds[-1].number = int(digits)
        elif int(digits):
            self.found.unlinked.append(text.strip())
