"""Into the demonstration by one click, in either language."""

from __future__ import annotations

from collections.abc import Callable

from tools.browsing.watching import Visitor


def test_one_click_signs_in_as_a_persona(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.sign_in("community")
    visitor.go("/community/")
    assert "小林" in visitor.page.inner_text("header")
    visitor.speak("en")
    assert "Xiao Lin" in visitor.page.inner_text("header")
    visitor.speak("zh")
    assert "小林" in visitor.page.inner_text("header")
