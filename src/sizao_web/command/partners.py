"""`sizao partner`: who sends by machine, with which keys; as an administrator at the machine.

The way of the pages: under a sealed scope, through the row policies, with an audit row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from sizao.cli.options import Json, Language
from sizao.cli.screen import Screen, Wrong
from sizao.terms.words import Words
from sizao_web.command.administrating import administrating

if TYPE_CHECKING:
    from sizao_web.records.access.scope import Scope
    from sizao_web.records.actions.administer_partners import Issued
    from sizao_web.records.models import Partner, PartnerKey

OPERATOR = "sizao-partner"

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Partners that send by machine, and their keys."
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the partner, as it stands on its facts.")]
Area = Annotated[str, typer.Option("--area", help="Area of the duty, as the facts name it.")]
Public = Annotated[str, typer.Argument(metavar="KEY", help="What names the key: the part after szk_.")]
Days = Annotated[int, typer.Option("--days", help="Days that the key holds, 90 at most.", min=1, max=90)]


@app.command("add")
def add(
    context: typer.Context,
    name: Name,
    area: Area,
    role: Annotated[str, typer.Option("--role", help="Duty, such as laboratory or county_hospital.")],
    organisation: Annotated[
        str | None, typer.Option("--organisation", help="Office or place of the duty, as the facts name it.")
    ] = None,
    zh: Annotated[str, typer.Option("--name-zh", help="Name as shown in Chinese.")] = "",
    en: Annotated[str, typer.Option("--name-en", help="Name as shown in English.")] = "",
    per_minute: Annotated[int, typer.Option("--per-minute", help="Requests in a minute.", min=1)] = 600,
    per_day: Annotated[int, typer.Option("--per-day", help="Requests in a day.", min=1)] = 200_000,
    lang: Language = None,
) -> None:
    """Make a partner with a duty of its own; then give it a key."""
    screen: Screen = context.obj
    with _keeping():
        from sizao_web.accounts.registering import Duty
        from sizao_web.records.actions import administer_partners as deed
        from sizao_web.settings.clock import now

        _check_role(role)
        moment = now()
        duty = Duty(role, area, organisation, moment)
        label = Words(zh or name, en or zh or name)
        scope = _act_in(area)
        deed.add(scope, moment, name, label=label, duty=duty, per_minute=per_minute, per_day=per_day)
        unknown = _not_on_record(area, organisation)
    screen.note(screen.say(f"已建立接入方{name}。", f"Partner {name} is made."))
    for words in unknown:
        screen.note(words.get(screen.language))


@app.command("key")
def key(
    context: typer.Context,
    name: Name,
    facts: Annotated[list[str], typer.Option("--fact", help="A fact the key gives; once for each.")],
    days: Days = 90,
    lang: Language = None,
) -> None:
    """Issue a key for some facts; it is printed this once."""
    screen: Screen = context.obj
    with _keeping():
        from sizao_web.records.actions import administer_partners as deed
        from sizao_web.settings.clock import now

        scope, partner = _partner(name)
        made = deed.issue(scope, now(), partner, facts, days=days)
    _tell(screen, made)


@app.command("rotate")
def rotate(
    context: typer.Context,
    public: Public,
    days: Days = 90,
    overlap: Annotated[
        int, typer.Option("--overlap", help="Days that the old key still holds.", min=0, max=90)
    ] = 7,
    lang: Language = None,
) -> None:
    """Exchange a key for a new one for the same facts; both hold for the days of the overlap."""
    screen: Screen = context.obj
    with _keeping():
        from sizao_web.records.actions import administer_partners as deed
        from sizao_web.settings.clock import now

        scope, old = _key(public)
        made = deed.rotate(scope, now(), old, days=days, overlap=overlap)
    _tell(screen, made)


@app.command("revoke")
def revoke(context: typer.Context, public: Public, lang: Language = None) -> None:
    """End a key at once."""
    screen: Screen = context.obj
    with _keeping():
        from sizao_web.records.actions import administer_partners as deed
        from sizao_web.settings.clock import now

        scope, found = _key(public)
        deed.revoke(scope, now(), found)
    screen.note(screen.say(f"密钥{public}已撤销。", f"Key {public} is revoked."))


@app.command("list")
def list_(context: typer.Context, as_json: Json = False, lang: Language = None) -> None:
    """Every partner with its keys: for what, until when, when last used."""
    screen: Screen = context.obj
    with _keeping():
        from sizao_web.records.reading.partners import days_left, partners, usable
        from sizao_web.settings.clock import now

        moment = now()
        rows = [
            {
                "partner": one.name,
                "duty": str(one.assignment),
                "ended": one.ended_at is not None,
                "key": held.public if held else None,
                "facts": held.facts if held else [],
                "holds": held is not None and one.ended_at is None and usable(held, moment),
                "days_left": days_left(held, moment) if held else None,
                "last_used": held.last_used_at.isoformat() if held and held.last_used_at else None,
            }
            for scope in _everywhere()
            for one in partners(scope)
            for held in one.keys.order_by("pk") or (None,)
        ]
    if as_json:
        screen.json(rows)
        return
    columns = screen.say(
        "接入方|职责|密钥|事实|有效|余天|最后使用", "partner|duty|key|facts|holds|days left|last used"
    ).split("|")
    told = ("partner", "duty", "key", "facts", "holds", "days_left", "last_used")
    screen.table(
        columns,
        [[", ".join(row[name]) if name == "facts" else row[name] for name in told] for row in rows],
    )


@app.command("day")
def day(
    context: typer.Context,
    name: Name,
    date_: Annotated[str, typer.Argument(metavar="DAY", help="A day of the city, such as 2020-11-10.")],
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """Reconcile a day of a partner; exit code 1 when something of it is missing, which is named."""
    screen: Screen = context.obj
    with _keeping():
        from sizao_web.records.reading.partner_days import lines
        from sizao_web.records.reading.reconciliation import reconcile

        wanted = _day(date_)
        scope, partner = _partner(name)
        found = reconcile(scope, wanted, partner.account)
        if found is None:
            raise Wrong(f"{name} declared nothing for {wanted}.", f"{name}没有申报{wanted}。")
    open_ = [one for one in lines(found) if one.missing]
    if as_json:
        counts = {"sent": found.sent, **found.counts, "difference": found.difference}
        screen.json({**counts, "by_fact": found.by_fact, "missing_by_name": [vars(one) for one in open_]})
    else:
        columns = screen.say(
            "送来|入库|合并|拒收|等台账|缺失|差额", "sent|stored|merged|rejected|waiting|missing|difference"
        )
        screen.table(columns.split("|"), [[found.sent, *found.counts.values(), found.difference]])
        for one in open_:
            screen.text(
                screen.say(
                    f"缺失{one.missing}行：{one.what} {one.number}",
                    f"{one.missing} rows are missing: {one.what} {one.number}",
                )
            )
    if found.difference:
        raise Wrong(
            f"The day is not closed: the difference is {found.difference}.",
            f"未对平：差额{found.difference}。",
        )


def _check_role(role: str) -> None:
    """Wrong for a duty that there is not, with those that a partner can have."""
    from sizao_web.accounts.roles import ROLES

    every = [name for name, one in ROLES.items() if one.gives_by_machine]
    if role in every:
        return
    close = get_close_matches(role, every, n=1, cutoff=0.4)
    zh, en = (f"最接近的是{close[0]}。", f" Did you mean {close[0]}?") if close else ("", "")
    raise Wrong(
        f"No partner has the duty {role}.{en} There are: {', '.join(every)}.",
        f"接入方没有职责{role}。{zh}可选：{'、'.join(every)}。",
    )


def _not_on_record(area: str, organisation: str | None) -> list[Words]:
    """What a duty names that no fact on record does: mistyped, or still to come."""
    from sizao_web.records.models import FACT_MODELS

    found = []
    columns = (("areas", "path"), ("places", "place"), ("offices", "office"))
    known = {
        fact: set(FACT_MODELS[fact].objects.values_list(column, flat=True)) - {None}
        for fact, column in columns
    }
    if area not in known["areas"]:
        found.append(_unknown("地区", "area", area, known["areas"]))
    places = known["places"] | known["offices"]
    if organisation and organisation not in places:
        found.append(_unknown("单位", "office or place", organisation, places))
    return found


def _unknown(zh: str, en: str, said: str, known: set[str]) -> Words:
    close = get_close_matches(said, known, n=1, cutoff=0.6)
    near = Words(f"最接近的是{close[0]}。", f" The nearest is {close[0]}.") if close else Words("", "")
    return Words(
        f"注意：库中没有{zh}{said}。{near.zh}写错了的，请另建一个接入方。",
        f"Note: no {en} {said} is on record.{near.en} Is it mistyped? Then add another partner.",
    )


@contextmanager
def _keeping() -> Iterator[None]:
    """One transaction; what is refused is said."""
    with administrating():
        from sizao_web.accounts.registering import NotRegistered

        try:
            yield
        except NotRegistered as refused:
            raise Wrong(
                " ".join(words.en for words in refused.problems.values()),
                "".join(words.zh for words in refused.problems.values()),
            ) from refused


def _act_in(area: str) -> Scope:
    """As an administrator of that area: one sees and keeps what lies in their own area only."""
    from sizao_web.records.access.scope import Scope, enter

    found = Scope(OPERATOR, "administrator", area, None, "public_administration")
    enter(found)
    return found


def _everywhere() -> Iterator[Scope]:
    """As an administrator of each city that has duties, one after the other."""
    from sizao_web.accounts.models import Assignment

    areas = Assignment.objects.order_by().values_list("area", flat=True).distinct()
    for root in sorted({area.split("/")[0] for area in areas}):
        yield _act_in(root)


def _partner(name: str) -> tuple[Scope, Partner]:
    from sizao_web.records.reading.partners import partner_of

    for scope in _everywhere():
        if (found := partner_of(scope, name.strip().lower())) is not None:
            return scope, found
    raise Wrong(
        f"There is no partner {name}. See sizao partner list.", f"没有接入方{name}。见sizao partner list。"
    )


def _key(public: str) -> tuple[Scope, PartnerKey]:
    from sizao_web.records.reading.partners import key_of

    for scope in _everywhere():
        if (found := key_of(scope, public.removeprefix("szk_")[:12])) is not None:
            return scope, found
    raise Wrong(
        f"There is no key {public}. See sizao partner list.", f"没有密钥{public}。见sizao partner list。"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Wrong(
            f"{text} is no day. Write it as 2020-11-10.", f"{text}不是日期。写作2020-11-10。"
        ) from None


def _tell(screen: Screen, made: Issued) -> None:
    """The key on standard output alone, so that it can go into a file without being seen."""
    screen.note(
        screen.say(
            f"密钥只显示这一次，有效至{made.key.not_after:%Y-%m-%d}：",
            f"This key is shown once; it holds until {made.key.not_after:%Y-%m-%d}:",
        )
    )
    screen.text(made.text)
