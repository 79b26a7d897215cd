"""A stacked chart of areas by grade and day, as SVG with its title and its legend; no library is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 960, 420, 60, 56, 40
COLOURS = ("#c9dfc3", "#f2c14e", "#e07a3f", "#b3262e")


def stacked(title: str, days: Sequence[date], series: Mapping[str, Sequence[int]]) -> str:
    """One band for each series, the first at the bottom."""
    highest = max(sum(values) for values in zip(*series.values(), strict=True))
    step = (WIDTH - LEFT - 20) / max(1, len(days) - 1)

    def at(place: int, value: int) -> str:
        height = HEIGHT - TOP - BOTTOM
        return f"{LEFT + place * step:.1f},{HEIGHT - BOTTOM - value / highest * height:.1f}"

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
        f"<title>{escape(title)}</title>",
        f'<text x="{LEFT}" y="20" font-size="15">{escape(title)}</text>',
    ]
    below = [0] * len(days)
    for number, (name, values) in enumerate(series.items()):
        above = [low + value for low, value in zip(below, values, strict=True)]
        points = [at(place, value) for place, value in enumerate(above)]
        points += [at(place, below[place]) for place in reversed(range(len(days)))]
        parts.append(f'<polygon points="{" ".join(points)}" fill="{COLOURS[number]}"/>')
        x = LEFT + number * 220
        parts.append(f'<rect x="{x}" y="30" width="12" height="12" fill="{COLOURS[number]}"/>')
        parts.append(f'<text x="{x + 17}" y="41" font-size="12">{escape(name)}</text>')
        below = above
    for value in (0, highest // 2, highest):
        _, y = at(0, value).split(",")
        parts.append(f'<text x="{LEFT - 8}" y="{y}" font-size="11" text-anchor="end">{value}</text>')
    for place, day in enumerate(days):
        if day.day == 1:
            x, _ = at(place, 0).split(",")
            y = HEIGHT - BOTTOM + 16
            parts.append(f'<text x="{x}" y="{y}" font-size="11" text-anchor="middle">{day:%Y-%m}</text>')
    return "\n".join([*parts, "</svg>\n"])
