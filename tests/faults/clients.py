"""Clients that record temperatures at doors and retry what was not answered, through all kills.

python -m faults.clients ADDRESS JOURNALS PEOPLE CLIENTS SEED      until SIGTERM
python -m faults.clients --resend ADDRESS JOURNALS                 everything that was never answered
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from faults.journal import Event, Journal, read

TRIES = 3  # of one event, before the client goes on to the next and leaves it unanswered
PATIENCE = 15.0
ANSWERED = 900.0  # seconds within which what is sent again after everything healed must be answered
HAND = 0.2  # seconds at most between an answer and the next record


class Client:
    """One community worker's phone: one connection, one session."""

    def __init__(self, address: str, end: threading.Event) -> None:
        self._host, self._end = address.removeprefix("http://"), end
        self._cookies: dict[str, str] = {}
        self.status = 0
        self.problem = ""  # why nothing certain came back the last time
        self.headers: http.client.HTTPMessage | None = None  # of the last answer

    def sign_in(self) -> None:
        """Sign in as a persona; again whenever the site is there again."""
        while not self._end.is_set():
            try:
                self.ask("GET", "/demo/personas/")
                status, _ = self.ask("POST", "/demo/personas/", {"username": "community"})
                if status == 302 and "sizao" in self._cookies:
                    return
            except (OSError, http.client.HTTPException):
                pass
            time.sleep(0.1)

    def send(self, event: Event) -> str:
        """What was answered: acknowledged, refused, or sent when nothing certain came back."""
        form = {
            "visit": event.key,
            "at": event.at,
            "person": event.person,
            f"answer:{event.person}": "well",
            f"temperature:{event.person}": f"{event.temperature:.1f}",
        }
        try:
            status, body = self.ask("POST", "/community/record/", form)
        except (OSError, http.client.HTTPException) as cause:
            self.problem = f"{type(cause).__name__} {cause}".strip()
            return "sent"
        self.problem = f"status {status}"
        if status == 200:
            outcome = json.loads(body)["entries"][0]["outcome"]
            return "acknowledged" if outcome in ("stored", "merged") else "refused"
        if status == 302:  # the session is gone, so nothing was recorded; the event is sent again
            self.sign_in()
        return "refused" if 400 <= status < 500 else "sent"

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Status and body of an answer."""
        connection = http.client.HTTPConnection(self._host, timeout=PATIENCE)
        try:
            headers = {
                "Accept": "application/json",
                "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
                "X-CSRFToken": self._cookies.get("csrftoken", ""),
                "Content-Type": "application/x-www-form-urlencoded",
            }
            connection.request(method, path, urlencode(form) if form else None, headers)
            answer = connection.getresponse()
            self.headers, self.status = answer.headers, answer.status
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    cookie, _, rest = value.strip().partition("=")
                    self._cookies[cookie] = rest.partition(";")[0]
            return answer.status, answer.read()
        finally:
            connection.close()


def work(
    address: str, journal: Journal, people: list[str], chance: random.Random, end: threading.Event
) -> None:
    """Record one temperature after the other, each written down before it is sent."""
    client = Client(address, end)
    client.sign_in()
    while not end.is_set():
        event = new_event(chance, people, _moment())
        journal.note(event)
        for _ in range(TRIES):
            answer = client.send(event)
            if answer != "sent" or end.is_set():
                break
            time.sleep(chance.uniform(0.05, 0.4))
        if answer != "sent":
            journal.note(replace(event, answer=answer))
        time.sleep(chance.uniform(0.0, HAND))


def new_event(chance: random.Random, people: list[str], at: str) -> Event:
    """One temperature of somebody at that moment, under a key of its own."""
    return Event(
        key=str(UUID(int=chance.getrandbits(128), version=4)),
        person=chance.choice(people),
        temperature=round(chance.uniform(35.5, 37.0), 1),
        at=at,
    )


def resend(address: str, folder: Path) -> None:
    """Send again, under their own keys, the events of which nobody knows what became of them: until each is
    answered, as whoever stands at a door does. Prints how often what was answered instead."""
    client = Client(address, threading.Event())
    client.sign_in()
    journal = Journal(folder / "resent.journal")
    instead: Counter[str] = Counter()
    for event in read(folder).values():
        if event.answer != "sent":
            continue
        until = time.monotonic() + ANSWERED
        while (answer := client.send(event)) == "sent" and time.monotonic() < until:
            instead[client.problem] += 1
            time.sleep(HAND)
        journal.note(replace(event, answer=answer))
    print(json.dumps(instead))


def _moment() -> str:
    """This moment by the clock of the installation."""
    behind = timedelta(seconds=int(os.environ["SIZAO_CLOCK_BEHIND"]))
    return (datetime.now(UTC) - behind).isoformat(timespec="seconds")


def main(arguments: list[str]) -> None:
    """See the head of this module."""
    if arguments[0] == "--resend":
        resend(arguments[1], Path(arguments[2]))
        return
    address, folder, people, clients, seed = arguments
    end = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: end.set())
    threads = []
    for number in range(int(clients)):
        journal = Journal(Path(folder) / f"client-{number}.journal")
        chance = random.Random(f"{seed}/{number}")
        of = (address, journal, json.loads(Path(people).read_text(encoding="utf-8")), chance, end)
        threads.append(threading.Thread(target=work, args=of))
        threads[-1].start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(sys.argv[1:])
