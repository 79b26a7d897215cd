"""A traveller arrives, is quarantined, tested and released; each desk does its part, and time passes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.journeys.acting import Taps, obligation, once, once_shown, record, rows_once
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

NAME, DOCUMENT = "演练来客", "350000199001010060"  # nobody knew this person before
ARRIVAL = "arrivals-from-graded-areas"


@pytest.mark.moves_the_clock
@pytest.mark.orders("D1-17", "D1-21", "D1-48")
def test_a_traveller_arrives_has_a_room_and_tests_and_goes_home_after_fourteen_days(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    station, manager, taps = visit("station"), visit("site"), Taps()
    traveller = _declared(station, taps)
    _handed_over(station, traveller, taps)
    _taken_in(manager, traveller, taps)
    say(f"from the train to a room: {taps}")
    station.go(f"/entry/receipts/{traveller}/")
    expect(station.page.locator(".paper")).not_to_contain_text("尚未接收")
    assert len(rows_once(manager, 1, "standing", about=traveller)) == 1, "the traveller is bound"

    cdc = visit("cdc")
    order = {"order": "order/journey-1", "person": traveller, "place": "central", "ground_rule": ARRIVAL}
    days = {"from_on": "2020-11-10", "until_on": "2020-11-24"}
    record(cdc, "orders", {**order, **days, "appeal_to": "office/drill/harbour/health_commission"})

    # The tests of days 1, 7 and 14, each on its day, by the desks of the sampling team and the laboratory.
    taps = Taps()
    _tested(site, visit("sampling"), visit("laboratory"), traveller, "演T-9001", taps)
    say(f"a sample and its result: {taps}")
    for number, later in ((2, 6), (3, 7)):
        site.days_later(later)
        team, laboratory = visit("sampling", anew=True), visit("laboratory", anew=True)
        _tested(site, team, laboratory, traveller, f"演T-900{number}", Taps())
        rows_once(team, number, "met", about=traveller, verb="test")
    site.days_later(1)
    manager = visit("site", anew=True)

    # The site, in English: nothing binds the traveller any more, the paper is printed.
    manager.go("/quarantine/")
    manager.speak("en")
    once_shown(manager, f"/quarantine/release/{traveller}/", "main", "may be released")
    taps = Taps()
    with manager.leaving():
        taps.on(manager.page.get_by_role("button", name="Release and print"))
    expect(manager.page.locator(".paper")).to_contain_text("order/journey-1")
    say(f"released, with the paper: {taps}")
    manager.speak("zh")
    done = rows_once(manager, 1, "met", about=traveller)
    assert "集中隔离" in done[0]
    rows_once(manager, 0, "standing", about=traveller)  # nothing binds the traveller any more


def _declared(station: Visitor, taps: Taps) -> str:
    """Declared at the station; the number that the traveller has from now on."""
    station.go("/entry/declare/")
    fields = {
        "document": DOCUMENT, "name": NAME, "telephone": "000-0999-0060", "origin": "邻市北岸区（虚构）",
        "stayed_from": "2020-11-03", "staying_in": "帆影社区（虚构）",
    }  # fmt: skip
    for name, value in fields.items():
        station.page.locator(f"#{name}").fill(value)
    station.page.locator("[name=conveyance]").select_option("train")
    taps.on(station.page.locator('[name=symptoms][value="no"]'))
    with station.leaving():
        taps.on(station.page.locator(".declare button.btn-primary"))
    expect(station.page.locator(".grade-card").first).to_contain_text("中风险")
    return station.page.url.rstrip("/").rsplit("/", 1)[1]


def _handed_over(station: Visitor, traveller: str, taps: Taps) -> None:
    """Once the rules have said where to, onto the bus."""
    once_shown(station, f"/entry/arrivals/{traveller}/", "#disposition .state", "集中隔离")
    expect(station.page.locator('[name="to_office"]')).to_have_value("港湾区（虚构） · 集中隔离点管理")
    station.page.locator('[name="vehicle"]').fill("演B003")
    with station.leaving():
        taps.on(station.page.locator(".ask-line button.btn-primary"))
    expect(station.page.locator(".paper")).to_contain_text("尚未接收")


def _taken_in(manager: Visitor, traveller: str, taps: Taps) -> None:
    """The site has the traveller on its list, and gives a room."""
    row = once_shown(manager, "/quarantine/", "#parties li", NAME)
    with manager.leaving():
        taps.on(row.get_by_role("link", name="安排入住"))
    expect(manager.page.locator("main")).to_contain_text("入住即接收")
    with manager.leaving():
        taps.on(manager.page.locator(".placing button.btn-primary"))
    expect(manager.page.locator("main")).to_contain_text("已入住")


def _tested(site: Site, team: Visitor, laboratory: Visitor, traveller: str, tube: str, taps: Taps) -> None:
    """A tube of today, and its result: the test of the day is done."""
    _sampled(team, traveller, tube, taps)
    arrived = f"SELECT count(*) FROM fact_samples WHERE sample = '{tube}'"
    once(lambda: site.ask(arrived), lambda found: found == [(1,)])  # a phone may keep it for a while
    _negative(laboratory, tube, taps)
    assert obligation(site, traveller, "test", ("met",))


def _sampled(team: Visitor, traveller: str, tube: str, taps: Taps) -> None:
    """The team finds the traveller at the site and fills a tube."""
    team.go("/laboratory/sampling/session/?at=quarantine-site/harbour")
    row = once_shown(team, "/laboratory/sampling/session/?at=quarantine-site/harbour", "li.who", traveller)
    taps.on(row.locator("label"))
    team.page.fill("input[name=tube]", tube)
    taps.on(team.page.get_by_role("button", name="这一管采好了"))
    expect(row).to_contain_text(f"已在试管 {tube}")


def _negative(laboratory: Visitor, tube: str, taps: Taps) -> None:
    """The laboratory receives the tube and says that it is negative."""
    laboratory.go("/laboratory/receive/")
    laboratory.page.locator("textarea").fill(tube)
    with laboratory.leaving():
        taps.on(laboratory.page.get_by_role("button", name="接收这些"))
    expect(laboratory.page.locator(".alert-success")).to_contain_text("已接收 1 支")
    laboratory.go("/laboratory/results/")
    taps.on(laboratory.page.locator(f'label:has(input[name="result:{tube}"][value="negative"])'))
    with laboratory.leaving():
        taps.on(laboratory.page.get_by_role("button", name="只保存标出的"))
    expect(laboratory.page.locator(".alert-success")).to_contain_text("阴性 1")
