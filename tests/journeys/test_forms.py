"""What the forms made from the dictionary gain from a script."""

from __future__ import annotations

from collections.abc import Callable

from tools.browsing.watching import Visitor


def test_the_button_now_fills_in_the_moment_of_the_clock(visit: Callable[..., Visitor]) -> None:
    visitor = visit("community")
    visitor.go("/facts/health_checks/new/")
    page = visitor.page
    shown = str(page.get_attribute(".clock time", "datetime"))
    page.click('button[data-now-for="id_checked_at"]')
    filled = page.input_value("#id_checked_at")
    # The header's clock, which the demonstration moves, not the browser's; a minute may begin between them.
    assert filled[:10] == shown[:10]
    assert filled >= shown[:16]
    assert not visitor.notes.failed
