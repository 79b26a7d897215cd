"""One transaction for each request, entered with the scope of who asks; what fails leaves no trace in it."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import FileResponse, HttpRequest, HttpResponse

from sizao_web.accounts import second_factor
from sizao_web.accounts.models import Assignment
from sizao_web.records.access.dependants import with_dependants
from sizao_web.records.access.scope import Scope, assignments_in_force, enter, scope_of
from sizao_web.settings.clock import now

ASSIGNMENT = "assignment"  # key of the session: which of several assignments is worked under


class ScopeMiddleware:
    """Sets request.scope, request.moment (this request's clock) and request.wanting.

    scope is None for who has not signed in, has no duty now, or must do something first; wanting says what:
    `password` (choose an own one), `second_factor` (set it up), `duty` (have one given), or nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.moment = now()
        request.scope, request.wanting = None, None
        if request.path.startswith(("/health/", "/static/")):
            return self.get_response(request)
        with transaction.atomic():
            set_scope(request)
            response = self.get_response(request)
            # What was not acknowledged with success is not kept; a page of errors wrote nothing anyhow.
            if response.status_code >= 400:
                transaction.set_rollback(True)
            if response.streaming and not isinstance(response, FileResponse):
                raise RuntimeError(
                    "This response is made while it is sent, when its transaction and scope are over: it "
                    "would see no row. Make it whole, or a file, before it is sent."
                )
        return response


def set_scope(request: HttpRequest) -> None:
    """Give the request the scope of its account, and tell the database."""
    account = request.user if request.user.is_authenticated else None
    assignment = chosen_assignment(request) if account else None
    if account is not None and assignment is None:
        # Which person a resident is, the database shows to themselves alone: it must know first who asks.
        enter(None, account.username)
        assignment = chosen_assignment(request)
    if account is None:
        request.scope, request.wanting = None, None
    elif account.password_given:
        request.scope, request.wanting = None, "password"
    elif assignment is None:
        request.scope, request.wanting = None, "duty"
    elif _wants_second_factor(request, assignment):
        request.scope, request.wanting = None, "second_factor"
    else:
        request.scope, request.wanting = scope_of(assignment), None
    enter(request.scope, account.username if account else "")
    if request.scope is not None and request.scope.seen_persons:
        request.scope = with_dependants(request.scope, request.moment)
        enter(request.scope)


def chosen_assignment(request: HttpRequest) -> Assignment | None:
    """The assignment chosen in this session while it is in force, else the first one in force.

    All that are in force stand in request.assignments, for the frame of the page.
    """
    found = request.assignments = assignments_in_force(request.user, request.moment)
    chosen = request.session.get(ASSIGNMENT)
    return next((one for one in found if one.pk == chosen), found[0] if found else None)


def scope_of_request(request: HttpRequest) -> Scope | None:
    """The scope that the middleware set."""
    found: Scope | None = request.scope
    return found


def _wants_second_factor(request: HttpRequest, assignment: Assignment) -> bool:
    # Personas have no password; where they exist nothing else is real either.
    return (
        second_factor.is_required(assignment.role)
        and not request.user.persona
        and not request.session.get(second_factor.PASSED)
    )
