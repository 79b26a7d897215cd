"""A morning of a duty office: who leads, what the night left, an incident, what a meeting decided."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect
from tests.journeys.acting import Taps, once, once_shown
from tools.browsing.site import Site
from tools.browsing.watching import Visitor

OFFICE = "office/drill/harbour/supervision"
LEFT = "南门的测温仪下午送到（演练）"
HAPPENED = "养老院夜班有人擅自离开隔离区（演练）"
DECIDED = "逐家核对药店处方登记（演练）"


def post(visitor: Visitor, kind: str) -> Locator:
    """The card of one of the two posts."""
    return visitor.page.locator(f'section[aria-labelledby="post-{kind}"]')


@pytest.mark.orders("D1-69", "D1-64")
def test_the_post_of_the_leader_is_filled_and_the_word_of_the_night_is_read_by_the_day(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    leader = visit("supervision-leader", width="phone")
    leader.go("/on-duty/")
    expect(post(leader, "leader")).to_contain_text("空岗")
    taps = Taps()
    with leader.leaving():  # whoever may take over is named on both pages
        taps.on(post(leader, "leader").get_by_role("button", name="接班"))
    expect(post(leader, "leader").locator(".post-holder")).to_contain_text("老梅")
    say(f"the leader's post taken over: {taps}")

    # The night leaves a word and hands on to whom the roster names.
    night = visit("supervision-night")
    night.go("/on-duty/")
    expect(post(night, "duty").locator("select")).to_have_value("supervision")  # as the roster has it
    post(night, "duty").locator("textarea").fill(LEFT)
    taps = Taps()
    with night.leaving():
        taps.on(post(night, "duty").get_by_role("button", name="接班"))
    expect(post(night, "duty").locator(".post-holder")).to_contain_text("小方")
    say(f"a shift handed on with a word for the next: {taps} and one sentence")

    day = visit("supervision")
    day.go("/on-duty/")
    expect(day.page.locator('section[aria-labelledby="left"]')).to_contain_text(LEFT)
    expect(post(day, "leader")).not_to_contain_text("空岗")
    assert site.ask(
        "SELECT kind, holder FROM fact_shifts AS s WHERE office = %s AND until_at IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM fact_shifts AS l WHERE l.key_hi = s.key_hi AND l.key_lo = s.key_lo"
        " AND l.source_version > s.source_version) ORDER BY kind",
        [OFFICE],
    ) == [("duty", "supervision"), ("leader", "supervision-leader")]

    # A week of leaders is one form.
    day.page.locator("details.act summary").click()
    day.page.locator("#plan-kind").select_option("leader")
    day.page.locator("#plan-holder").select_option("supervision-leader")
    day.page.locator("#plan-from").fill("2020-11-11T08:00")
    day.page.locator("#plan-until").fill("2020-11-12T08:00")
    day.page.locator("#plan-days").fill("7")
    with day.leaving():
        day.page.get_by_role("button", name="加入值班表").click()
    expect(day.page.locator("main")).to_contain_text("值班表已加 7 班")
    assert day.page.locator("#plan-rows li").filter(has_text="老梅").count() >= 7


@pytest.mark.orders("D1-70", "D2-62")
def test_an_incident_has_a_clock_until_its_first_report_and_ends_with_the_last(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    day = visit("supervision", width="phone")
    day.go("/on-duty/incidents/new/")
    day.speak("en")
    taps = Taps()
    day.page.locator("#kind").select_option("escape")
    day.page.locator("#note").fill(HAPPENED)
    with day.leaving():
        taps.on(day.page.get_by_role("button", name="Record: the clock begins"))
    expect(day.page.locator("h1")).to_contain_text("Somebody left quarantine")
    say(f"an incident on record with its clock: {taps} and one sentence")
    here = day.page.url.removeprefix(day.address)
    clocks = once_shown(day, here, ".clocks", "first report")
    expect(clocks).to_contain_text("today")  # within two hours

    for stage, said in (("first", "Reported to the command by telephone."), ("final", "Brought back.")):
        day.page.locator(f'label:has([name="stage"][value="{stage}"])').tap()
        day.page.locator("form.act #note").fill(said)
        with day.leaving():
            day.page.get_by_role("button", name="Report", exact=True).tap()
        expect(day.page.locator('section[aria-labelledby="reports"]')).to_contain_text(said)
    expect(day.page.locator(".tags")).to_contain_text("closed")
    day.speak("zh")
    clocks_of = (
        "SELECT o.verb, o.status FROM ledger_obligation AS o JOIN fact_incidents AS i"
        " ON o.trigger_key = encode(int8send(i.key_hi) || int8send(i.key_lo), 'hex')"
        " WHERE i.note = %s AND o.withdrawn_at IS NULL ORDER BY 1"
    )
    ended = [("report_final", "met"), ("report_first", "met")]
    once(lambda: site.ask(clocks_of, [HAPPENED]), lambda found: found == ended)


@pytest.mark.orders("D1-01", "D1-65", "D2-80")
def test_a_decision_of_a_meeting_is_closed_by_what_proves_it_and_by_nothing_else(
    site: Site, visit: Callable[..., Visitor], say: Callable[[str], None]
) -> None:
    commission = visit("health-commission")
    commission.go("/on-duty/assignments/new/")
    commission.page.locator("#meeting").fill("领导小组演练会议（虚构）")
    commission.page.locator("#task-1").fill(DECIDED)
    commission.page.locator("#office-1").fill(OFFICE)
    commission.page.locator("#due-1").fill("2020-11-12")
    taps = Taps()
    with commission.leaving():
        taps.on(commission.page.get_by_role("button", name="交办", exact=True))
    expect(commission.page.locator("main")).to_contain_text("已交办")
    say(f"a decision assigned: {taps}, three fields")

    charged = visit("supervision")
    work = once_shown(charged, "/on-duty/", ".work-item", DECIDED)
    with charged.leaving():
        work.locator("a.work-link").click()
    expect(charged.page.locator("h1")).to_contain_text(DECIDED)
    here = charged.page.url.removeprefix(charged.address)
    charged.page.locator('label:has([name="state"][value="done"])').click()
    with charged.leaving():
        charged.page.locator("form.act button.btn-primary").click()
    expect(charged.page.locator(".alert-danger")).to_contain_text("办结须有依据")

    charged.page.locator('label:has([name="state"][value="done"])').click()
    charged.page.locator("#evidence").fill("督查通报第12号（虚构）")
    taps = Taps()
    with charged.leaving():
        taps.on(charged.page.locator("form.act button.btn-primary"))
    expect(charged.page.locator(".tags")).to_contain_text("已办结")
    say(f"an assignment closed by its proof: {taps} and a number")
    once_shown(charged, here, ".clocks", "已完成")
    commission.go("/on-duty/assignments/?who=by_us&state=open")
    assert DECIDED not in commission.page.inner_text("main"), "whoever assigned it sees that it is done"
