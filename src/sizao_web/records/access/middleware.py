"""One transaction for each request, entered with the scope of who asks; what fails leaves no trace in it."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from sizao_web.records.access.scope import Scope, assignments_in_force, enter, scope_of
from sizao_web.settings.clock import now

ASSIGNMENT = "assignment"  # key of the session: which of several assignments is worked under


class ScopeMiddleware:
    """Sets request.scope (None for who has not signed in), request.moment (this request's clock)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.moment = now()
        if request.path.startswith(("/health/", "/static/")):
            request.scope = None
            return self.get_response(request)
        with transaction.atomic():
            request.scope = scope_of_request(request)
            enter(request.scope)
            response = self.get_response(request)
            # What was not acknowledged with success is not kept; a page of errors (4xx) wrote nothing anyhow.
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return response


def scope_of_request(request: HttpRequest) -> Scope | None:
    """The scope of the assignment chosen in this session, else of the first one in force."""
    if not request.user.is_authenticated:
        return None
    found = assignments_in_force(request.user, request.moment)
    chosen = request.session.get(ASSIGNMENT)
    for one in found:
        if one.pk == chosen:
            return scope_of(one)
    return scope_of(found[0]) if found else None
