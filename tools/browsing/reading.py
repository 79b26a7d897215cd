"""A page as text: its links, the numbers that are links, how many rows the list on it says and shows."""

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

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append((tag, said))
        if tag == "a" and "href" in said:
            self._link(said)
        if "data-total" in said:
            self.found.totals.append(int(said["data-total"]))
        if "data-row" in said or (tag == "tr" and self._in_rows()):
            self.found.rows += 1
        classes = said.get("class", "").split()
        if "data-count" in said:
            self._number(said["data-count"])
        elif "count" in classes and self.counting is None:
            self.counting, self.depth = [], len(self.open)

    def handle_data(self, data: str) -> None:
        if self.counting is not None:
            self.counting.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or not any(name == tag for name, _ in self.open):
            return
        if self.counting is not None and len(self.open) == self.depth and self.open[-1][0] == tag:
            self._number("".join(self.counting))
            self.counting = None
        while self.open and self.open.pop()[0] != tag:
            pass

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

    def _number(self, text: str) -> None:
        digits = re.sub(r"[\s,\u202f\u00a0]", "", text)
        if not digits.isdecimal():
            return
        around = next((said for name, said in reversed(self.open) if name == "a" and "href" in said), None)
        if around is not None:
            self.found.counts.append((int(digits), around["href"]))
        elif int(digits):
            self.found.unlinked.append(text.strip())
