"""Nobody adopts alone: one proposes, sees what it changes, and another of another office approves."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shell.ledger.recorded import link, record
from sizao.intake.loading import plan_batch
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.take_in_sheet import take_in_sheets
from sizao_web.records.ledger import proposed, runs
from sizao_web.records.models import FACT_MODELS, Obligation, Proposal, ProposalExample
from sizao_web.records.reading.pack import pack_in_use, shelf

CITY, OURS, THEIRS = "drill", "office/drill/health_commission", "office/drill/command"
EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "taiwan-2020"
ADOPT, LIST = "/policy/proposals/new/adoptions/", "/policy/proposals/"


@pytest.fixture
def officer(person_in_office: Any, browser: Any) -> Any:
    return browser(person_in_office("policy_officer", CITY, OURS))


@pytest.fixture
def chief(person_in_office: Any, browser: Any) -> Any:
    return browser(person_in_office("command", CITY, THEIRS))


@pytest.fixture
def compared(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Proposal]:
    """Let the worker compare the proposal of an address, at the clock of the test."""
    monkeypatch.setattr("sizao_web.records.ledger.proposed.now", lambda: moment)

    def work(address: str) -> Proposal:
        number = int(re.search(r"(\d+)/$", address)[1])
        proposed.compare_proposal(number)
        return Proposal.objects.get(pk=number)

    return work


@pytest.fixture
def cases(db: None, moment: datetime) -> None:
    """The public line list of 2020, taken in as history."""
    city = Scope("intake", "command", CITY, THEIRS, "epidemic_control")
    take_in_sheets(city, moment, plan_batch(EXAMPLE / "taiwan.yaml"))


def every_text() -> list[str]:
    return [f"{one.rule}:{one.digest}" for one in pack_in_use().policy.versions()]


def propose(browser: Any, *texts: str, effect: str = "2020-11-10 08:00", why: str = "As ordered.") -> Any:
    return browser.post(ADOPT, {"text": list(texts) or every_text(), "effect_at": effect, "why": why})


def address_of(response: Any) -> str:
    assert response.status_code == 302, text_of(response)
    return str(response.headers["Location"])


def decide(browser: Any, address: str, decision: str, why: str = "") -> Any:
    return browser.post(address, {"decision": decision, "why": why})


def text_of(response: Any) -> str:
    return " ".join(re.sub("<[^>]*>", " ", response.content.decode()).split())


def adoptions() -> int:
    return int(FACT_MODELS["adoptions"]._default_manager.count())


def live() -> int:
    return Obligation.objects.filter(withdrawn_at__isnull=True).count()


def test_texts_bind_nobody_until_another_office_has_approved_them(
    officer: Any, chief: Any, compared: Any, cases: None, moment: datetime
) -> None:
    address = address_of(propose(officer))
    runs.whole(moment)
    assert (adoptions(), Obligation.objects.count()) == (0, 0)
    compared(address)
    assert decide(chief, address, "approved").status_code == 302
    run = runs.touched(moment + timedelta(seconds=1))
    assert run is not None
    assert adoptions() == len(every_text())
    assert (
        Obligation.objects.filter(withdrawn_at__isnull=True).count()
        == Proposal.objects.get().compared["rows"]
    )


def test_an_approval_ahead_of_its_time_takes_effect_at_its_moment(
    officer: Any, chief: Any, compared: Any, cases: None, moment: datetime
) -> None:
    address = address_of(propose(officer, effect="2020-11-12"))
    compared(address)
    decide(chief, address, "approved")
    runs.whole(moment + timedelta(days=1))
    assert Obligation.objects.count() == 0
    midnight = datetime.fromisoformat("2020-11-11T16:00:00+00:00")
    runs.touched(midnight)
    assert (
        Obligation.objects.filter(withdrawn_at__isnull=True).count()
        == Proposal.objects.get().compared["rows"]
    )


@pytest.mark.parametrize(
    ("role", "office", "words"),
    [
        ("policy_officer", OURS, "与提请人同一机构"),
        ("command", OURS, "与提请人同一机构"),
        ("command", None, "没有所属机构"),
    ],
)
def test_nobody_of_the_office_that_proposed_approves(
    officer: Any, compared: Any, person_in_office: Any, browser: Any, role: str, office: str, words: str
) -> None:
    address = address_of(propose(officer))
    compared(address)
    colleague = browser(person_in_office(role, CITY, office, "colleague"))
    answer = decide(colleague, address, "approved")
    assert (answer.status_code, adoptions()) == (422, 0)
    assert words in text_of(answer)
    assert 'value="approved"' not in colleague.get(address).content.decode()


def test_nobody_approves_what_they_proposed_and_may_take_it_back(officer: Any, compared: Any) -> None:
    address = address_of(propose(officer))
    compared(address)
    assert decide(officer, address, "approved").status_code == 422
    assert decide(officer, address, "withdrawn").status_code == 302
    assert "已撤回" in text_of(officer.get(address))
    assert adoptions() == 0


def test_nothing_is_approved_before_it_was_compared_or_after_the_pack_has_changed(
    officer: Any, chief: Any, compared: Any
) -> None:
    address = address_of(propose(officer))
    assert "还没有比较完" in text_of(decide(chief, address, "approved"))
    compared(address)
    Proposal.objects.update(pack_digest="another")
    assert "规则包的文件变了" in text_of(decide(chief, address, "approved"))
    assert adoptions() == 0


def test_a_decision_is_made_once(officer: Any, chief: Any, compared: Any) -> None:
    address = address_of(propose(officer))
    compared(address)
    assert "写明不批准的理由" in text_of(decide(chief, address, "refused"))
    assert decide(chief, address, "refused", "Too early.").status_code == 302
    assert "已有决定" in text_of(decide(chief, address, "approved"))
    assert "Too early." in text_of(officer.get(address))
    assert adoptions() == 0


def test_a_proposal_says_what_is_missing_and_keeps_what_was_typed(officer: Any) -> None:
    first = every_text()[0]
    answer = officer.post(ADOPT, {"text": [first], "effect_at": "soon", "why": "As ordered."})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "看不懂这个时刻" in page
    assert "As ordered." in page
    assert page.count(" checked") == 1
    assert "没有选择任何文本" in text_of(officer.post(ADOPT, {"effect_at": "2020-11-12", "why": "x"}))
    assert "写明理由" in text_of(propose(officer, why=" "))
    assert Proposal.objects.count() == 0


def test_a_text_once_adopted_is_not_offered_again(officer: Any, chief: Any, compared: Any) -> None:
    first, second, *_ = every_text()
    address = address_of(propose(officer, first))
    compared(address)
    decide(chief, address, "approved")
    page = officer.get(ADOPT).content.decode()
    assert first not in page
    assert second in page


def test_no_form_records_a_decision_of_two_persons(chief: Any, officer: Any) -> None:
    for browser in (chief, officer):
        for fact in ("adoptions", "area_grades", "response_levels"):
            assert browser.get(f"/facts/{fact}/new/").status_code == 403
            assert f"/facts/{fact}/new/" not in browser.get("/facts/").content.decode()


def test_examples_are_shown_to_who_sees_the_rows_and_counts_to_who_decides(
    officer: Any, chief: Any, compared: Any, cases: None
) -> None:
    address = address_of(propose(officer))
    compared(address)
    some = ProposalExample.objects.filter(about_kind="person").first()
    assert some is not None
    assert f"/persons/{some.about}/" in chief.get(address).content.decode()
    page = officer.get(address).content.decode()
    assert "举例只给看得到这些任务的岗位" in page
    assert "/persons/" not in page


def test_a_grade_is_announced_by_two_offices_and_its_proposal_counts_whom_it_would_bind(
    officer: Any, chief: Any, compared: Any, person_in_office: Any, browser: Any, moment: datetime
) -> None:
    address = address_of(propose(officer))
    compared(address)
    decide(chief, address, "approved")
    stay = {"person": "p1", "located_in": "other/county", "from_on": date(2020, 11, 1)}
    record(
        {
            "stays": [link("stays", moment, "1", **stay, until_on=date(2020, 11, 9))],
            "arrivals": [
                link("arrivals", moment, "1", person="p1", arrived_on=date(2020, 11, 9), declared="pushed")
            ],
        }
    )
    commission = browser(person_in_office("health_commission", "other", "office/other/health_commission"))
    commission_of_city = browser(person_in_office("health_commission", CITY, OURS, "commission"))
    typed = {
        "graded": "other/county", "sure-graded": "other/county", "grade": "high", "from_on": "2020-11-02",
        "until_on": "", "counts_upward": "false", "announced_by": THEIRS, "sure-announced_by": THEIRS,
        "record": "0d9f4a0e-94a2-4a42-8e2c-5b6a5e3f0c11", "why": "A cluster.",
    }  # fmt: skip
    own = {**typed, "announced_by": OURS, "sure-announced_by": OURS}
    refused = text_of(commission_of_city.post("/policy/proposals/new/area_grades/", own))
    assert "本机构只能为本辖区定级" in refused, refused
    answer = commission.post("/policy/proposals/new/area_grades/", typed)
    made = compared(address_of(answer))
    assert FACT_MODELS["area_grades"]._default_manager.count() == 0
    assert made.compared["bound"] == {"newly_bound": 1}


def test_another_pack_is_tried_and_nothing_takes_effect_by_that(
    chief: Any, compared: Any, cases: None, moment: datetime
) -> None:
    address = address_of(chief.post("/policy/packs/city-2020-06/"))
    made = compared(address)
    here = pack_in_use().policy.rules
    theirs = next(row["rule"] for row in made.compared["by_rule"] if row["rule"] not in here)
    page = chief.get(address).content.decode()
    assert "只比较，不决定" in page
    assert f"/policy/packs/city-2020-06/rules/{theirs}/" in page
    assert 'name="decision"' not in page
    assert decide(chief, address, "withdrawn").status_code == 403
    runs.whole(moment)
    assert live() == adoptions() == 0
    assert "没有等待决定的" in text_of(chief.get(LIST))


def test_every_pack_of_the_shelf_can_be_read_and_says_whether_it_can_be_adopted(officer: Any) -> None:
    page = officer.get("/policy/packs/").content.decode()
    for name, found in shelf().items():
        assert found is not None
        assert name in page
        if name != pack_in_use().policy.pack:
            shown = officer.get(f"/policy/packs/{name}/").content.decode()
            assert all(words.zh in shown for words in found.policy.gaps)
            for rule in list(found.policy.rules)[:1]:
                assert officer.get(f"/policy/packs/{name}/rules/{rule}/").status_code == 200
            beside = [
                *found.policy.grade_sets.values(),
                *found.policy.level_plans.values(),
                *found.policy.code_sets.values(),
            ]
            assert found.policy.rules or beside
            assert all(one.label.zh in shown for one in beside)
    assert officer.get("/policy/packs/no-such-pack/").status_code == 404


def test_a_proposal_that_needs_more_rooms_than_there_are_says_where_before_it_is_approved(
    officer: Any, chief: Any, compared: Any, cases: None
) -> None:
    sites = FACT_MODELS["places"]._default_manager.filter(kind="quarantine_site")
    crowded = sites.order_by("place").first()
    sites.filter(pk=crowded.pk).update(capacity=1)
    address = address_of(propose(officer))
    compared(address)
    page = text_of(chief.get(address))
    assert re.findall(r"高峰需要 \d+ 间隔离用房，登记容量 (\d+) 间，不够", page) == ["1"]
    assert 'value="approved"' in chief.get(address).content.decode(), "it is said, and for people to decide"
