"""A past moment shows what was known then: derived by the worker, kept, compared with now."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tools.browsing.reading import read

from sizao.facts.schemas import arrow_schema
from sizao.indicators.daily import confirmed_as_known_then
from sizao.intake.loading import plan_batch
from sizao.store.running import run
from sizao_web.records.access.scope import Scope
from sizao_web.records.actions.take_in_sheet import take_in_sheets
from sizao_web.records.ledger import questions, runs
from sizao_web.records.ledger.reading_facts import copied_out, selected
from sizao_web.records.models import PastCase, PastObligation, Question
from sizao_web.records.reading.answers import QUESTIONS_KEPT

CITY, COUNTY = "drill", "drill/county-1"
EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "taiwan-2020"


@pytest.fixture
def chief(person_in_office: Any, browser: Any) -> Any:
    return browser(person_in_office("command", CITY))


def asked(reader: Any, as_of: str, **other: str) -> Any:
    return reader.post("/command/past/", {"as_of": as_of, "knowledge": "then", **other})


def answered(reader: Any, as_of: str, **other: str) -> str:
    """Ask, let the worker answer, and give the address of the answer."""
    address = asked(reader, as_of, **other).headers["Location"]
    questions.answer(int(re.search(r"past/(\d+)/", address)[1]))
    return address


def page_of(reader: Any, address: str) -> str:
    response = reader.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def case_numbers(reader: Any, address: str) -> set[str]:
    file = reader.get(f"{address}&as=csv")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    return {line.split(",")[0] for line in lines[1:]}


@pytest.fixture
def taiwan(db: None, moment: datetime) -> None:
    """The public line list of 2020 with its withdrawn case, taken in as history."""
    city = Scope("intake", "command", CITY, "office/drill/command", "epidemic_control")
    take_in_sheets(city, moment, plan_batch(EXAMPLE / "taiwan.yaml"))
    runs.whole(moment)  # says who may see whom
    runs.forget()


@pytest.mark.orders("D2-57")
def test_a_case_withdrawn_later_counts_as_known_then_and_not_after(
    taiwan: None, chief: Any, person_in_office: Any, browser: Any
) -> None:
    before, after = answered(chief, "2020-10-20"), answered(chief, "2020-11-09")
    seen = {}
    for day, address in (("2020-10-20", before), ("2020-11-09", after)):
        numbers = read(page_of(chief, address)).counts
        for number, behind in numbers:
            (total,) = read(page_of(chief, behind)).totals
            assert total == number, behind
        number, behind = next(
            (one, to) for one, to in numbers if re.search(r"/past/\d+/cases/\?area=drill$", to)
        )
        cases = case_numbers(chief, behind)
        assert len(cases) == number
        seen[day] = cases
    assert "case-I530" in seen["2020-10-20"]
    assert "case-I530" not in seen["2020-11-09"]
    for day, cases in seen.items():
        assert len(cases) == confirmed(day), day
    county = browser(person_in_office("command", COUNTY))
    here = read(page_of(county, f"{before.split('?')[0]}?area={COUNTY}")).counts
    assert 0 < max(number for number, _ in here) < max(len(cases) for cases in seen.values())
    assert county.get(before).status_code == 404, "the city is not this reader's"


def confirmed(day: str) -> int:
    """What the library counts for that evening over the same facts."""
    rows = copied_out(selected("classifications", "TRUE"), arrow_schema("classifications"))
    query = confirmed_as_known_then([date.fromisoformat(day)], zone="Asia/Shanghai")
    return sum(run(query, {"classifications": rows})["daily"]["confirmed"].to_pylist())


def test_the_page_of_a_past_moment_says_that_it_is_not_now_and_compares(chief: Any) -> None:
    shown = page_of(chief, answered(chief, "2020-10-20 08:00"))
    assert "过去的时刻，不是现在" in shown
    assert "问的是 2020-10-20 08:00，按当时所知" in shown
    assert "与现在比较" in shown
    assert "hx-trigger" not in shown, "a past moment does not move"


def test_asking_again_is_the_same_question_and_is_not_derived_anew(chief: Any) -> None:
    first = answered(chief, "2020-10-20")
    at = Question.objects.get().answered_at
    assert answered(chief, "2020-10-20") == first
    assert Question.objects.get().answered_at == at


def test_hindsight_is_another_question(chief: Any, moment: datetime) -> None:
    answered(chief, "2020-10-20")
    shown = page_of(chief, answered(chief, "2020-10-20", knowledge="now"))
    assert Question.objects.count() == 2
    assert "按 2020-11-10 09:00 所知" in shown


def test_while_it_is_derived_the_page_waits_without_javascript(chief: Any) -> None:
    address = asked(chief, "2020-10-20").headers["Location"]
    shown = page_of(chief, address)
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in shown
    assert "排队中" in shown
    htmx = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#progress"}
    assert "<html" not in chief.get(address, headers=htmx).content.decode()
    questions.answer(Question.objects.get().pk)
    done = chief.get(address, headers=htmx)
    assert (done.status_code, done.headers["HX-Redirect"]) == (204, address)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("2020-13-40", "看不懂这个时刻"), ("", "看不懂这个时刻"), ("2021-01-01", "时刻在将来")],
)
def test_a_mistake_is_said_and_what_was_typed_is_kept(chief: Any, typed: str, said: str) -> None:
    response = asked(chief, typed)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert f'value="{typed}"' in response.content.decode()
    assert not Question.objects.exists()


def test_a_question_that_failed_says_so_and_can_be_asked_again(
    chief: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(known_by: datetime) -> None:
        raise RuntimeError("no facts")

    asked(chief, "2020-10-20")
    with monkeypatch.context() as patched:
        patched.setattr(questions, "facts_known", broken)
        with pytest.raises(RuntimeError):
            questions.answer(Question.objects.get().pk)
    address = f"/command/past/{Question.objects.get().pk}/"
    assert "没有推导成" in page_of(chief, address)
    assert "过去的时刻，不是现在" in page_of(chief, answered(chief, "2020-10-20"))


def test_rows_are_kept_for_the_last_questions_only(chief: Any, moment: datetime) -> None:
    first = answered(chief, "2020-10-01 00:00")
    kept = Question.objects.get()
    PastCase.objects.create(
        case="c", person="p", area=CITY, origin="local", confirmed_at=moment, imprecise=False, question=kept
    )
    Question.objects.update(answered_at=moment)
    for number in range(1, QUESTIONS_KEPT + 1):
        then = moment - timedelta(days=number)
        Question.objects.create(
            as_of=then, known_by=then, pack_digest="d", asked_at=moment, asked_by="a", state="answered",
            answered_at=moment + timedelta(seconds=number),
        )  # fmt: skip
    questions.forget_old()
    kept.refresh_from_db()
    assert kept.state == "forgotten"
    assert not PastCase.objects.exists()
    assert "不再保留" in page_of(chief, first)
    assert "过去的时刻，不是现在" in page_of(chief, answered(chief, "2020-10-01 00:00"))
    assert PastObligation.objects.count() == 0


def test_a_community_worker_asks_nothing_of_the_past(person_in_office: Any, browser: Any) -> None:
    worker = browser(person_in_office("community", "drill/county-1/street/community-1"))
    assert worker.get("/command/past/").status_code == 403
