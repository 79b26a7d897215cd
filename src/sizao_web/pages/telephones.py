"""Whom the public is told to call, in sentences: numbers are of the installation, and may be none."""

from __future__ import annotations

from django.conf import settings

from sizao.terms.words import Words


def in_an_emergency() -> Words:
    """What to do when somebody is in danger."""
    number = settings.SIZAO.emergency
    if not number:
        return Words("急病请立即呼叫救护车。", "In an emergency call an ambulance at once.")
    return Words(f"急病请直接拨打 {number}。", f"In an emergency call {number}.")


def whom_else_to_call() -> Words | None:
    """The number for whoever finds no other; None where the installation has none."""
    number = settings.SIZAO.hotline
    return Words(f"请拨打 {number}。", f"Call {number}.") if number else None
