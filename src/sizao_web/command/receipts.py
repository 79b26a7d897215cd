"""`sizao receipt`: verify a receipt, and show the key with which this installation signs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sizao.cli.options import Json, Language
from sizao.cli.screen import Screen, Wrong
from sizao.intake.signing import NotGenuine
from sizao.intake.signing import verify as verify_text
from sizao_web.command.installation import django_ready, installation

app = typer.Typer(help="Receipts of deliveries: verify one, show the key that signs.", no_args_is_help=True)
Key = Annotated[
    str | None,
    typer.Option("--key", help="Public key of the installation that signed; without it, of this one."),
]


@app.command()
def verify(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The receipt, as it was downloaded.")],
    key: Key = None,
    as_json: Json = False,
    lang: Language = None,
) -> None:
    """Say whether a receipt was signed by this key and is as it was then: what was sent = stored + merged +
    rejected, and what still waits for the ledger."""
    screen: Screen = context.obj
    if not file.is_file():
        raise Wrong(f"{file}: there is no such file.", f"{file}：没有这个文件。")
    try:
        stated = verify_text(file.read_text(encoding="utf-8"), key or _own_key())
    except NotGenuine as cause:
        raise Wrong(f"{file}: {cause.words.en}", f"{file}：{cause.words.zh}") from cause
    if as_json:
        screen.json(stated)
        return
    rows = stated["rows"]
    waits = rows.get("waiting", 0)  # receipts of before do not say it
    screen.text(
        screen.say(
            f"签名有效。{stated['name']}：送来 {rows['sent']} = 入库 {rows['stored']} + 合并 {rows['merged']}"
            f" + 拒收 {rows['rejected']}" + (f" + 等台账 {waits}；之后另有回执\n" if waits else "\n"),
            f"Genuine. {stated['name']}: sent {rows['sent']} = stored {rows['stored']} + merged"
            f" {rows['merged']} + rejected {rows['rejected']}"
            + (f" + waiting for the ledger {waits}; another receipt follows\n" if waits else "\n"),
        )
    )


@app.command()
def key(context: typer.Context, lang: Language = None) -> None:
    """Show the public key with which receipts of this installation are verified."""
    context.obj.text(_own_key() + "\n")


def _own_key() -> str:
    installation("web")
    django_ready()
    from sizao_web.records.deliveries.receipts import public_key

    return public_key()
