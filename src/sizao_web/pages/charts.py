"""Charts as ECharts options in JSON. A page hands them over in a script of type application/json, which
static/pages/charts.js reads; the table with the same figures stands under every chart and is the chart for
who has no JavaScript, no colours, or a screen reader.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sizao_web.pages.language import language

# Told apart also without colour: every series has a pattern of its own.
COLOURS = ("#1a56a8", "#b45309", "#0f766e", "#7c3aed", "#55606f")


@dataclass(frozen=True)
class Series:
    """One series: its name, and for each category the value and the list behind it."""

    name: str
    values: Sequence[int]
    addresses: Sequence[str | None]


@dataclass(frozen=True)
class Chart:
    """A chart for `pages/_chart.html`. name: unique on the page; told: what it shows, in one sentence."""

    name: str
    title: str
    told: str
    option: Mapping[str, Any]

    @property
    def data_id(self) -> str:
        """The id of the script with the option."""
        return f"data-{self.name}"


def stacked_bars(
    name: str, title: str, told: str, categories: Sequence[str], series: Sequence[Series]
) -> Chart:
    """Bars over categories, the series on top of each other; a bar leads to its list."""
    return _bars(name, title, told, categories, series, {"stack": "all"})


def grouped_bars(
    name: str, title: str, told: str, categories: Sequence[str], series: Sequence[Series]
) -> Chart:
    """Bars over categories, the series beside each other."""
    return _bars(name, title, told, categories, series, {})


def _bars(
    name: str,
    title: str,
    told: str,
    categories: Sequence[str],
    series: Sequence[Series],
    together: Mapping[str, str],
) -> Chart:
    option = {
        "aria": {"enabled": True, "label": {"description": told}, "decal": {"show": True}},
        "animation": False,
        "color": list(COLOURS),
        "textStyle": {"fontFamily": "inherit"},
        "grid": {"left": 8, "right": 8, "top": 36, "bottom": 4, "containLabel": True},
        "legend": {"top": 0, "left": 0, "itemWidth": 18, "itemHeight": 12, "itemGap": 28},
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}, "confine": True},
        "xAxis": {"type": "category", "data": list(categories), "axisTick": {"show": False}},
        "yAxis": {"type": "value", "minInterval": 1, "splitLine": {"lineStyle": {"color": "#e3e7ed"}}},
        "series": [
            {
                "type": "bar",
                "name": one.name,
                **together,
                "barCategoryGap": "20%",
                "cursor": "pointer",
                "data": [
                    {"value": value, "address": address}
                    for value, address in zip(one.values, one.addresses, strict=True)
                ],
            }
            for one in series
        ],
    }
    return Chart(name, title, told, {"language": language(), "option": option})
