"""An installation from its command: served and stopped, examined, refused where it would be unsafe."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg
import pytest

from faults.installation import Installation
from shell.command.slow import GO_ON, IN_HAND
from sizao_web.settings import embedded
from sizao_web.settings.database import EMBEDDED_NAME, OWNER, socket_folder
from sizao_web.settings.testing import scratch

Sizao = Callable[..., tuple[int, str, str]]
LONGEST = 900.0  # seconds that anything here may take


@pytest.fixture(scope="module")
def made(worker_id: str) -> Iterator[Installation]:
    """Tables, and nothing in them."""
    installation = Installation(scratch(f"serving-{worker_id}"))
    embedded.stop(installation.cluster)
    shutil.rmtree(installation.data)
    installation.data.mkdir(mode=0o711)
    installation.run("sizao_web.command", "migrate", role="owner")
    with embedded.using(installation.cluster):
        yield installation
    shutil.rmtree(installation.data)


@pytest.fixture
def sizao(made: Installation) -> Sizao:
    def typed(*words: str, stdin: str = "", **environment: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-m", "sizao_web.command", *words],
            env={**made.environment, **environment},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    return typed


def as_owner(made: Installation) -> str:
    return f"postgresql://{OWNER}@/{EMBEDDED_NAME}?host={socket_folder(made.cluster)}"


def wrong(said: str) -> set[str]:
    return {one["name"] for one in json.loads(said) if not one["well"]}


def wait_until(holds: Callable[[], bool]) -> bool:
    """Whether it came to hold, be the machine as slow as it may."""
    until = time.monotonic() + LONGEST
    while not (held := holds()) and time.monotonic() < until:
        time.sleep(0.1)
    return held


@dataclass(frozen=True)
class Served:
    """What became of a server that was told to stop while a request was in hand."""

    answer: bytes
    code: int
    answers_still: bool
    log: list[str]


@pytest.fixture(scope="module")
def served(made: Installation) -> Served:
    made.module = "shell.command.slow"
    made.start()
    log_file = made.data / "serve.log"
    assert wait_until(lambda: b'"sizao.jobs"' in log_file.read_bytes())
    answers: list[bytes] = []

    def ask() -> None:
        with urlopen(f"{made.address}/slow", timeout=LONGEST) as answer:
            answers.append(answer.read())

    asking = threading.Thread(target=ask)
    asking.start()
    assert wait_until((made.data / IN_HAND).exists)
    serve = made._serve
    assert serve is not None
    serve.send_signal(signal.SIGTERM)
    told = wait_until(lambda: b"Shutting down granian" in log_file.read_bytes())
    time.sleep(1)  # meanwhile who answers is told, too, and is to go on all the same
    (made.data / GO_ON).touch()
    asking.join()
    code = serve.wait(LONGEST)
    assert told, made.log()
    try:
        urlopen(f"{made.address}/health/live", timeout=5)
        answers_still = True
    except OSError:
        answers_still = False
    log = log_file.read_text(encoding="utf-8").splitlines()
    return Served(answers[0] if answers else b"", code, answers_still, log)


def test_a_request_in_hand_is_answered_when_the_server_is_told_to_stop(served: Served) -> None:
    assert served == replace(served, answer=b"done", code=0, answers_still=False)


def test_the_log_of_pages_and_jobs_is_one_json_object_a_line(served: Served) -> None:
    said: list[dict[str, Any]] = [json.loads(line) for line in served.log if line.startswith("{")]
    assert {"_granian", "sizao.jobs"} <= {one["logger"].split(".serve")[0] for one in said}


def test_of_an_installation_whose_jobs_never_ran_only_that_is_wrong(made: Installation, sizao: Sizao) -> None:
    with made.asked() as connection:
        # Of jobs that ran for a moment: their runs, what they raised and what they left when a minute began.
        connection.execute("DELETE FROM ledger_run")
        connection.execute("DELETE FROM alarm")
        connection.execute("DELETE FROM procrastinate_jobs")
    code, out, err = sizao("doctor", "--json")
    assert (code, wrong(out)) == (1, {"ledger"}), err
    assert all(one["todo"] for one in json.loads(out) if not one["well"])


def test_a_key_that_others_may_read_is_named(made: Installation, sizao: Sizao) -> None:
    key = made.data / "keys" / "sizao_secret"
    key.chmod(0o644)
    try:
        found = {one["name"]: one for one in json.loads(sizao("doctor", "--json")[1])}
    finally:
        key.chmod(0o600)
    assert not found["key_sizao_secret"]["well"]
    assert found["key_sizao_secret"]["todo"] == f"chmod go-rwx {key}"


@pytest.mark.parametrize(
    ("change", "back"),
    [
        (
            "ALTER TABLE person_access NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE person_access FORCE ROW LEVEL SECURITY",
        ),
        ("GRANT SELECT ON sizao_seal TO sizao_web", "REVOKE SELECT ON sizao_seal FROM sizao_web"),
        (
            "GRANT UPDATE (body) ON fact_visits TO sizao_web",
            "REVOKE UPDATE (body) ON fact_visits FROM sizao_web",
        ),
        ("CREATE POLICY more ON identity TO sizao_web USING (true)", "DROP POLICY more ON identity"),
        ("ALTER ROLE sizao_web CREATEROLE", "ALTER ROLE sizao_web NOCREATEROLE"),
    ],
)
def test_access_rules_that_somebody_changed_are_found_and_pages_refuse_to_start(
    made: Installation, sizao: Sizao, change: str, back: str
) -> None:
    with made.asked() as connection:
        connection.execute(change)  # type: ignore[arg-type]
        try:
            found = json.loads(sizao("doctor", "--json")[1])
        finally:
            connection.execute(back)  # type: ignore[arg-type]
    (rules,) = (one for one in found if one["name"] == "access_rules")
    assert (rules["well"], rules["vital"]) == (False, True)


def test_a_process_with_another_secret_is_named(sizao: Sizao) -> None:
    assert "seal" in wrong(sizao("doctor", "--json", SIZAO_SECRET="another-secret-" * 4)[1])


def test_pages_do_not_start_where_what_is_acknowledged_may_be_lost(made: Installation, sizao: Sizao) -> None:
    with made.asked() as connection:
        connection.execute("ALTER ROLE sizao_web SET synchronous_commit = off")
        try:
            code, _, err = sizao("serve", "--port", "18999")
        finally:
            connection.execute("ALTER ROLE sizao_web RESET ALL")
    assert code == 1
    assert "synchronous_commit: off. Set synchronous_commit = on" in err


def test_pages_do_not_start_under_a_login_that_no_policy_binds(made: Installation, sizao: Sizao) -> None:
    code, _, err = sizao("serve", "--no-work", DATABASE_URL=as_owner(made))
    assert code == 1
    assert "login: signs in as postgres." in err


def test_pages_wait_for_a_database_that_is_not_reached_and_look_at_it_then(
    made: Installation, sizao: Sizao, tmp_path: Path
) -> None:
    nowhere = "postgresql://sizao_web@127.0.0.1:1/sizao"
    with (tmp_path / "said").open("wb") as said:
        waiting = subprocess.Popen(
            [sys.executable, "-m", "sizao_web.command", "serve", "--no-work", "--port", "18998"],
            env={**made.environment, "DATABASE_URL": nowhere},
            stdout=said,
            stderr=said,
        )
        assert wait_until(lambda: b"Waiting for it." in (tmp_path / "said").read_bytes())
        waiting.send_signal(signal.SIGTERM)
        assert waiting.wait(LONGEST) == 0
    heard = (tmp_path / "said").read_text(encoding="utf-8")
    assert heard.count("not reached") == 1
    assert "Listening" not in heard


def test_accounts_are_made_given_a_duty_and_ended_and_that_is_audited(
    made: Installation, sizao: Sizao
) -> None:
    duty = ("--role", "administrator", "--area", "drill")
    created = sizao("account", "create", "Wang", *duty, stdin="a long one 3\n")
    assert created[0] == 0, created[2]
    assert sizao("account", "create", "li", stdin="short\n")[0] == 1
    assert sizao("account", "assign", "wang", "--role", "leader", "--area", "drill")[0] == 1
    (one,) = json.loads(sizao("account", "list", "--json")[1])
    assert (one["name"], one["active"], one["duties"]) == ("wang", True, ["administrator drill"])
    assert sizao("account", "end", "wang")[0] == 0
    (one,) = json.loads(sizao("account", "list", "--json")[1])
    assert (one["active"], one["duties"]) == (False, [])
    with made.asked() as connection:
        deeds = connection.execute(
            "SELECT DISTINCT deed FROM audit_entry WHERE account = 'sizao-account' ORDER BY deed"
        ).fetchall()
    assert [deed for (deed,) in deeds] == ["assign", "create_account", "end_account"]


def test_an_address_that_nobody_answers_is_said_in_a_sentence(sizao: Sizao) -> None:
    nowhere = "postgresql://sizao_web@127.0.0.1:1/sizao"
    code, out, _ = sizao("doctor", "--json", DATABASE_URL=nowhere)
    (database,) = (one for one in json.loads(out) if one["name"] == "database")
    assert code == 1
    assert "Look at DATABASE_URL" in database["todo"]


def test_secrets_are_new_each_time_and_long_enough_for_production(sizao: Sizao) -> None:
    one, other = (dict(line.split("=", 1) for line in sizao("keys")[1].split()) for _ in range(2))
    assert one.keys() == {"SIZAO_SECRET", "SIZAO_IDENTITY_KEY", "SIZAO_SIGNING_KEY"}
    assert not set(one.values()) & set(other.values())
    code, _, err = sizao("doctor", SIZAO_MODE="production", SIZAO_HOSTS="here", SIZAO_CLOCK_BEHIND="", **one)
    assert "Traceback" not in err
    assert code == 1


def put_in_hand(connection: psycopg.Connection[Any]) -> bool:
    """A job as if somebody were at it; whether there was none in hand that moment."""
    made = connection.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, status)"
        " VALUES ('ledger', 'ledger.touch', 'ledger', 'doing') ON CONFLICT DO NOTHING"
    )
    return made.rowcount == 1


def test_a_worker_whose_lock_is_lost_ends_and_the_next_one_takes_back_what_it_had_in_hand(
    made: Installation, tmp_path: Path
) -> None:
    before = made.worker()
    with (tmp_path / "said").open("wb") as said:
        working = subprocess.Popen(
            [sys.executable, "-m", "sizao_web.command", "work"],
            env=made.environment,
            stdout=said,
            stderr=said,
        )
    try:
        made.until_working(before)
        first, holder = made.worker(), made.lock_holder()
        with made.asked() as connection:
            assert wait_until(lambda: put_in_hand(connection))
            connection.execute("SELECT pg_terminate_backend(%s)", [holder])
            made.until_working(first)
            left = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'ledger.touch'"
            taken_back = wait_until(lambda: connection.execute(left).fetchone() == (0,))
        assert taken_back, "a job that a lost worker had in hand holds up every one behind it"
    finally:
        working.send_signal(signal.SIGTERM)
        assert working.wait(LONGEST) == 0
    heard = (tmp_path / "said").read_text(encoding="utf-8")
    assert heard.count("the lock of the worker is lost") == 1
