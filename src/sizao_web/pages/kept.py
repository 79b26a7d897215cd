"""A form that was sent and not taken: kept on the page that says so, so that nobody types it twice.

Going back does not help: no copy of a page stays in the browser, so the page before comes anew and empty.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest
from django.middleware.csrf import get_token

LONGEST = 200_000  # characters of names and values; more is filled in again
OPENED_WITHIN = 3600  # seconds
SALT = "sizao.kept-form"
_TOKEN = "csrfmiddlewaretoken"
_NEVER = ("/sign-in/", "/sign-out/", "/account/", "/accounts/", "/partners/", "/demo/")
"""Addresses to which passwords and codes are sent."""


@dataclass(frozen=True)
class Kept:
    """Where a form was sent, and its fields in order; several may have one name."""

    path: str
    fields: tuple[tuple[str, str], ...]


def kept_form(request: HttpRequest, path: str | None = None) -> Kept | None:
    """The form of a request. None where there is none or it cannot be carried: files, passwords, too long.

    path: where it was sent, if not to where it is now. Only for a form that is known to come from a page of
    ours: its token was right, or `from_our_page`.
    """
    path = path or request.get_full_path()
    if request.method != "POST" or not path.startswith("/") or path.startswith(_NEVER):
        return None
    try:
        files, posted = request.FILES, request.POST
    except Exception:  # what broke may be the form itself
        return None
    fields = tuple((name, value) for name in posted if name != _TOKEN for value in posted.getlist(name))
    if files or not fields or sum(len(name) + len(value) for name, value in fields) > LONGEST:
        return None
    return Kept(path, fields)


def from_our_page(request: HttpRequest) -> bool:
    """Whether the browser says that a page of this site sent it; no other site's page can make it say so."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def token(request: HttpRequest) -> str:
    """What the form must bring when it is sent again."""
    return get_token(request)


def sealed(form: Kept, account: str) -> str:
    """The form as one text that whoever signs in brings along; it opens for this account alone."""
    return signing.dumps([account, form.path, form.fields], salt=SALT, compress=True)


def opened(text: str, account: str) -> Kept | None:
    """The form again; None where it is another account's, too old or not ours."""
    try:
        owner, path, fields = signing.loads(text, salt=SALT, max_age=OPENED_WITHIN)
    except signing.BadSignature:
        return None
    return Kept(path, tuple((name, value) for name, value in fields)) if owner == account else None
