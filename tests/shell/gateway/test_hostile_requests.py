"""Requests made from the description, right and wrong: each answered by what the interface promises.

A thousand every day in this process; `python -m shell.gateway.full` sends fifty thousand to a real server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import pytest

from shell.gateway.conftest import Sender
from shell.gateway.hostile import Request, Tally, covering, drawn, operations, renamed, whole
from sizao_web.gateway import api
from sizao_web.gateway.description import description

MOST_DRAWN = 8
DAILY = 1_000


@pytest.fixture
def sending(sender: Callable[..., Sender]) -> Sender:
    """A laboratory that may ask often."""
    facts = ("samples", "sample_members", "results")
    return sender("lab-1", "laboratory", facts, organisation="lab-1", per_minute=10**6, per_day=10**7)


def requests_of(partner: Sender) -> Iterator[Request]:
    """What is asked of everything that this partner may send."""
    mine = tuple(partner.issued.key.facts)
    for number, operation in enumerate(operations(description(mine))):
        yield from covering(operation)
        yield from drawn(operation, MOST_DRAWN, number)


def ask(partner: Sender, asked: Request) -> tuple[int, str, bytes]:
    """Sent with the partner's key, whatever key was made up."""
    headers = {name: value for name, value in asked.headers.items() if name.lower() != "content-type"}
    kind = next((value for name, value in asked.headers.items() if name.lower() == "content-type"), "")
    headers["Authorization"] = f"Bearer {partner.issued.text}"
    answer = partner.client.generic(
        asked.method,
        asked.address,
        asked.body,
        content_type=kind or "application/octet-stream",
        headers=headers,
    )
    return answer.status_code, answer.headers.get("Content-Type", ""), answer.content


def attacked(partner: Sender, most: int) -> Tally:
    """So many requests, and what came of them."""
    tally = Tally()
    for number, made in enumerate(islice(requests_of(partner), most)):
        asked = whole(renamed(made, str(number)) if number % 2 else made)
        tally.judge(asked, *ask(partner, asked))
    return tally


def test_no_request_that_can_be_made_breaks_the_interface(
    sending: Sender, say: Callable[[str], None]
) -> None:
    tally = attacked(sending, DAILY)
    say(f"hostile requests: {tally.requests:,}, by status {dict(sorted(tally.statuses.items()))}")
    assert not tally.wrong
    assert tally.requests >= 600
    assert {200, 201, 400, 404, 405, 422} <= set(tally.statuses), "what asks one thing only proves nothing"


def test_a_value_that_no_index_holds_would_be_noticed(
    sending: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: without the check of lengths and signs the same requests find the error."""
    monkeypatch.setattr("sizao_web.gateway.bodies.unfit", lambda text, most: None)
    monkeypatch.setattr(api, "unfit", lambda text, most: None)
    body: dict[str, Any] = {"sample": "tube\x00", "result": "negative", "laboratory": "lab-1"}
    answer = sending.send(
        "/facts/results", {"source_record": "r", "resulted_at": "2020-11-10T08:30:00Z", **body}
    )
    assert answer.status_code == 500
