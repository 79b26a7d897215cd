"""`sizao results`: re-open a laboratory's results of an interval, or take that back; two persons decide."""

from __future__ import annotations

from datetime import UTC, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sizao.cli.options import Language
from sizao.cli.screen import Screen, Wrong
from sizao_web.command.administrating import administrating

if TYPE_CHECKING:
    from sizao_web.records.access.scope import Scope

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Results that are opened again.")
By = Annotated[str, typer.Option("--by", help="Account in whose name it is proposed.")]
Why = Annotated[str, typer.Option("--why", help="Reason, for who approves; no names.")]


@app.command("reopen")
def reopen(
    context: typer.Context,
    laboratory: Annotated[str, typer.Option("--laboratory", help="Number of the laboratory.")],
    from_: Annotated[str, typer.Option("--from", help="First moment, such as 2020-11-12T08:00.")],
    until: Annotated[str, typer.Option("--until", help="Moment at which it ends, exclusive.")],
    by: By,
    why: Why,
    lang: Language = None,
) -> None:
    """Propose that all results of a laboratory in an interval count no more; another office approves."""
    values = {"laboratory": laboratory, "from_at": from_, "until_at": until}
    _propose(context.obj, by, why, values)


@app.command("undo")
def undo(
    context: typer.Context,
    decision: Annotated[int, typer.Argument(metavar="DECISION", help="Number of the proposal.")],
    by: By,
    why: Why,
    lang: Language = None,
) -> None:
    """Propose that the results which a decision opened again hold as before; another office approves."""
    _propose(context.obj, by, why, {"undoes": str(decision)})


def _propose(screen: Screen, by: str, why: str, said: dict[str, str]) -> None:
    with administrating():
        from sizao_web.accounts.roles import REOPENING
        from sizao_web.records.actions.propose import NotAllowed, Refused, propose
        from sizao_web.records.reading.proposals import undoing
        from sizao_web.settings.clock import now

        scope = _scope(by)
        values: dict[str, Any] = dict(said)
        if "undoes" in said:
            values = undoing(scope, said["undoes"])
        if "laboratory" in said:
            _check_known(said["laboratory"])
        for name in ("from_at", "until_at"):
            if name in values:
                values[name] = _moment(values[name])
        try:
            made = propose(scope, now(), REOPENING, [values], effect_at=now(), reason=why)
        except (Refused, NotAllowed) as refused:
            words = [one for _, one in getattr(refused, "problems", ())]
            raise Wrong(
                " ".join(one.en for one in words) or str(refused), "".join(one.zh for one in words)
            ) from refused
        number = made.pk
    screen.text(
        screen.say(
            f"已提请，编号{number}。由另一机构的人批准：/policy/proposals/{number}/",
            f"Proposed under number {number}. Another office approves it: /policy/proposals/{number}/",
        )
    )


def _scope(by: str) -> Scope:
    """The account's duty that re-opens results."""
    from sizao_web.accounts.models import Account
    from sizao_web.accounts.roles import REOPENING
    from sizao_web.records.access.scope import assignments_in_force, enter, scope_of
    from sizao_web.settings.clock import now

    account = Account.objects.filter(username=by, is_active=True).first()
    scopes = [scope_of(one) for one in assignments_in_force(account, now())] if account else []
    found = next((one for one in scopes if REOPENING in one.duty.decides), None)
    if found is None:
        raise Wrong(
            f"{by} has no duty that re-opens results (cdc, health_commission).",
            f"{by}没有可重开结果的岗位（疾控、卫健）。",
        )
    enter(found)
    return found


def _check_known(laboratory: str) -> None:
    """Wrong for a laboratory of which there is no result to re-open: its number is mistyped."""
    from sizao_web.records.models import FACT_MODELS

    results = FACT_MODELS["results"].objects.exclude(laboratory=None)
    if results.filter(laboratory=laboratory).exists():
        return
    known = results.order_by().values_list("laboratory", flat=True).distinct()
    close = get_close_matches(laboratory, list(known), n=1, cutoff=0.5)
    zh, en = (f"是否为{close[0]}？", f" Did you mean {close[0]}?") if close else ("", "")
    raise Wrong(
        f"There is no result of a laboratory {laboratory} that this duty sees.{en}",
        f"没有实验室{laboratory}的、本岗位可见的结果。{zh}",
    )


def _moment(text: str) -> datetime | None:
    from django.conf import settings

    from sizao.terms.time import instant_at

    try:
        local = datetime.fromisoformat(text)
    except ValueError as cause:
        raise Wrong(
            f"{text!r} is no moment: write 2020-11-12T08:00.", f"{text!r}不是时刻：请写成2020-11-12T08:00。"
        ) from cause
    if local.tzinfo is not None:
        return local
    return instant_at(local.date(), local.time(), settings.SIZAO.zone).replace(tzinfo=UTC)
