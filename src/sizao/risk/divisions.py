"""Administrative divisions by name: which area a list, an address or a traveller means.

Names are compared without spaces and as full-width and half-width signs alike; a city may be named without
its 市, a county without its 区 or 县, where two characters are left and one area of the wider one fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from unicodedata import normalize

from sizao.terms.areas import is_within

LEVELS = ("country", "province", "city", "county", "street", "community", "grid")
_SUFFIX = re.compile(
    r"(特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|自治县|地区|街道|省|市|区|县|旗|盟|镇|乡)$"
)
# A county of this name is only there so that a city without counties has one.
_NO_COUNTY = "市辖区"
# What stands between the names of an address.
_BETWEEN = re.compile(r"^[\s,，、/·]+")


@dataclass(frozen=True)
class Division:
    """One area of the tree: its path, its name, its level."""

    path: str
    name: str
    level: str


@dataclass(frozen=True)
class Match:
    """What names were found to mean. how: exact, shifted (a municipality whose columns stand one to the left,
    or that repeats itself as its city), in_province (the county stands under another city, or under none),
    in_city (the county is no division, such as a development zone: held under its city or municipality), or
    None: nothing fits. place: what of the names is left below the area."""

    path: str | None
    how: str | None
    place: tuple[str, ...] = ()


class Divisions:
    """A tree of divisions that answers names."""

    def __init__(self, divisions: Iterable[Division]) -> None:
        self.by_path: Mapping[str, Division] = {one.path: one for one in divisions}
        children: dict[str, list[Division]] = {}
        for one in self.by_path.values():
            children.setdefault(one.path.rpartition("/")[0], []).append(one)
        self.children: Mapping[str, list[Division]] = children
        # A list names the same county on many rows.
        self._matched: dict[tuple[str, str, str], Match] = {}

    @cached_property
    def provinces(self) -> list[Division]:
        """The divisions of level province."""
        return [one for one in self.by_path.values() if one.level == "province"]

    @cached_property
    def _below(self) -> Mapping[str, Mapping[str, list[Division]]]:
        """Province -> name of a county -> the counties of that name in it."""
        found: dict[str, dict[str, list[Division]]] = {one.path: {} for one in self.provinces}
        for one in self.by_path.values():
            if one.level == "county":
                province = next((path for path in found if is_within(one.path, path)), None)
                if province is not None:
                    found[province].setdefault(one.name, []).append(one)
        return found

    def match(self, province: str, city: str, county: str) -> Match:
        """The area that the columns of a published list mean."""
        names = (province, city, county)
        if names not in self._matched:
            self._matched[names] = self._match(province, city, county)
        return self._matched[names]

    def _match(self, province: str, city: str, county: str) -> Match:
        top = _named(self.provinces, plain(province))
        if top is None:
            return Match(None, None)
        city, county = plain(city), plain(county)
        middle = _named(self._children(top, "city"), city)
        if middle is not None:
            found = self._in_city(middle, county)
            if found is not None:
                return Match(found.path, "exact")
        elif city == plain(province):
            found = self._county(top, county)
            if found is not None:
                return Match(found.path, "shifted")
        else:
            shifted = self._shifted(top, city, county)
            if shifted is not None:
                return shifted
        found = self._county(top, county)
        if found is not None:
            return Match(found.path, "in_province")
        if middle is None and city != plain(province):
            return Match(None, None)
        return Match((middle or top).path, "in_city", (county,) if county else ())

    def _in_city(self, city: Division, county: str) -> Division | None:
        """The county of this name; the city itself where it has no counties; or a street of such a city."""
        if county in ("", city.name, _NO_COUNTY):
            return city
        found = _named(self._children(city, "county"), county)
        return found or _named(self._grandchildren(city), county)

    def _shifted(self, province: Division, county: str, street: str) -> Match | None:
        """The columns stand one to the left: the city's names a county, the county's a street."""
        found = self._county(province, county)
        if found is None or street == county:
            return None
        below = _named(self._children(found, "street"), street)
        if below is not None:
            return Match(below.path, "shifted")
        return Match(found.path, "shifted", (street,) if street else ())

    def read(self, address: str) -> tuple[str | None, str]:
        """The narrowest area whose names begin an address, and what is left of it. None: no area fits, or
        more than one.

        Levels may be left out as long as one area fits; the province may be missing when one city, or one
        county, of the whole tree has the name.
        """
        rest = plain(address)
        if rest in self.by_path:
            return rest, ""
        area: Division | None = None
        while rest:
            found = self._begun(area, rest)
            if found is None:
                break
            area, length = found
            rest = _BETWEEN.sub("", rest[length:])
        return (None if area is None else area.path), rest

    def _begun(self, area: Division | None, text: str) -> tuple[Division, int] | None:
        """The area below `area` whose name begins the text: the longest name, then the widest level. None
        also when several areas of that level have it."""
        if area is None:
            groups = [[one for one in self.by_path.values() if one.level == level] for level in LEVELS[1:4]]
        else:
            groups = [self._children(area, level) for level in LEVELS[LEVELS.index(area.level) + 1 :]]
            groups.append(self._grandchildren(area))
        found = [named for group in groups if (named := _beginning(group, text))]
        if not found:
            return None
        longest = max(found, key=lambda one: one[1])
        return (longest[0][0], longest[1]) if len(longest[0]) == 1 else None

    def _children(self, of: Division, level: str) -> list[Division]:
        return [one for one in self.children.get(of.path, ()) if one.level == level]

    def _grandchildren(self, of: Division) -> list[Division]:
        return [two for one in self.children.get(of.path, ()) for two in self.children.get(one.path, ())]

    def _county(self, province: Division, name: str) -> Division | None:
        found = self._below[province.path].get(name, [])
        if len(found) == 1:
            return found[0]
        counties = [one for group in self._below[province.path].values() for one in group]
        return None if found else _named(counties, name)


def plain(text: str) -> str:
    """A name without spaces, full-width and half-width signs alike."""
    return "".join(normalize("NFKC", text).split())


def _short(name: str) -> str:
    short = _SUFFIX.sub("", name)
    return short if len(short) >= 2 else name


def _named(divisions: list[Division], name: str) -> Division | None:
    """The one of this name, else the only one whose short name is the same."""
    if not name:
        return None
    for one in divisions:
        if plain(one.name) == name:
            return one
    near = [one for one in divisions if _short(plain(one.name)) == _short(name)]
    return near[0] if len(near) == 1 else None


def _beginning(divisions: list[Division], text: str) -> tuple[list[Division], int] | None:
    """Those with the longest name that begins the text, and how long it is."""
    names: dict[str, list[Division]] = {}
    for one in divisions:
        for name in {plain(one.name), _short(plain(one.name))}:
            if text.startswith(name):
                names.setdefault(name, []).append(one)
    if not names:
        return None
    longest = max(names, key=len)
    return names[longest], len(longest)
