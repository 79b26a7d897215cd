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


def test_the_menu_leads_to_the_own_account_and_closes_by_escape_or_a_press_elsewhere(
    visit: Callable[..., Visitor],
) -> None:
    visitor = visit("community", width="phone")
    visitor.go("/help/")
    page = visitor.page
    menu, button = page.locator("details.menu[open]"), page.locator("details.menu > summary")
    button.press("Enter")
    menu.locator("a").first.focus()
    page.keyboard.press("Escape")
    assert not menu.count()
    assert button.evaluate("one => one === document.activeElement"), "the focus is where the menu was opened"
    button.click()
    page.mouse.click(5, 700)
    assert not menu.count()
    button.click()
    with visitor.leaving():
        menu.get_by_text("我的账号").click()
    assert page.url.endswith("/account/")
