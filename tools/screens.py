"""`make screens`: every page, in both languages, on a phone and on a wide screen, as pictures on one sheet.

Writes build/screens/: a PNG of each, index.html with all of them, and overview.png. Fails when a page is not
covered.
"""

from __future__ import annotations

import os
from html import escape
from itertools import groupby
from pathlib import Path
from shutil import rmtree

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sizao_web.settings.testing")

import django

django.setup()

from playwright.sync_api import Browser  # noqa: E402
from tools.browsing.pages import Sample, Uncovered, samples  # noqa: E402
from tools.browsing.site import ROOT, Site, serving  # noqa: E402
from tools.browsing.watching import PATIENCE, WIDTHS, NoChromium, Visitor, chromium, visiting  # noqa: E402

OUT = ROOT / "build" / "screens"
LANGUAGES = ("zh", "en")
TALLEST = 2_400  # px of a page that are shown; a long list goes on as it begins


def main() -> int:
    """Make the demonstration, photograph it, write the sheet."""
    rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    try:
        with chromium() as browser, serving(ROOT / "build" / "screens-site") as site:
            pages = samples(site, browser)
            for sample, width, language in _photographed(site, browser, pages):
                print(f"{width:5} {language} {sample.address}", flush=True)
            (OUT / "index.html").write_text(_sheet(pages), encoding="utf-8")
            _overview(browser)
    except (NoChromium, Uncovered) as cause:
        print(cause)
        return 1
    print(f"{len(pages)} pages: {OUT / 'index.html'}, {OUT / 'overview.png'}")
    return 0


def _photographed(site: Site, browser: Browser, pages: list[Sample]):  # type: ignore[no-untyped-def]
    for username, group in groupby(sorted(pages, key=_who), key=_who):
        mine = list(group)
        for width in WIDTHS:
            with visiting(browser, site.address, width=width) as visitor:
                if username:
                    visitor.sign_in(username)
                for language in LANGUAGES:
                    visitor.go(mine[0].address)
                    visitor.speak(language)
                    for one in mine:
                        visitor.go(one.address)
                        _photograph(visitor, width, OUT / _file(one, width, language))
                        yield one, width, language


def _who(one: Sample) -> str:
    return one.username or ""


def _file(one: Sample, width: str, language: str) -> str:
    return f"{one.name}.{width}.{language}.png"


def _photograph(visitor: Visitor, width: str, file: Path) -> None:
    across, down = WIDTHS[width]
    height = min(visitor.page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    # The buttons of a form stick to the lower edge of a window: in one as tall as the page they hide nothing.
    visitor.page.set_viewport_size({"width": across, "height": height})
    visitor.page.wait_for_function("[...document.images].every(one => one.complete)")
    visitor.page.screenshot(path=file, animations="disabled")
    visitor.page.set_viewport_size({"width": across, "height": down})


def _sheet(pages: list[Sample]) -> str:
    """All pictures, a row for each page."""
    rows = []
    for one in pages:
        cells = "".join(
            f'<a href="{_file(one, width, language)}"><img loading="lazy" class="{width}"'
            f' src="{_file(one, width, language)}" alt="{escape(one.address)} {width} {language}"></a>'
            for language in LANGUAGES
            for width in reversed(WIDTHS)
        )
        rows.append(
            f"<section><h2>{escape(one.address)} <small>{escape(one.username or 'nobody')}"
            f" · {escape(one.pattern)}</small></h2><div>{cells}</div></section>"
        )
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Sizao: every page</title>
<style>
body {{ font: 13px sans-serif; margin: 16px; background: #e9edf2; }}
h2 {{ font-size: 13px; margin: 18px 0 6px; }} small {{ color: #556; font-weight: normal; }}
div {{ display: flex; gap: 10px; align-items: flex-start; }}
img {{ border: 1px solid #aab; max-height: 620px; object-fit: cover; object-position: top; }}
img.wide {{ width: 560px; }} img.phone {{ width: 200px; }}
</style>
<h1>Every page · {len(pages)} × 2 languages × 2 widths</h1>
{"".join(rows)}
</html>
"""


def _overview(browser: Browser) -> None:
    """The sheet itself as one picture."""
    page = browser.new_page(viewport={"width": 1600, "height": 1000})
    page.goto((OUT / "index.html").as_uri())
    page.evaluate("document.querySelectorAll('img').forEach(one => one.loading = 'eager')")
    page.wait_for_function("[...document.images].every(one => one.complete)")
    page.screenshot(path=OUT / "overview.png", full_page=True, timeout=PATIENCE * 1000)
    page.close()


if __name__ == "__main__":
    raise SystemExit(main())
