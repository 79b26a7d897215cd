"""The app of this desk."""

from __future__ import annotations

from django.apps import AppConfig


class InvestigationConfig(AppConfig):
    """Cases with their contacts; registers of places and tracks of cases, opened around a proved case."""

    name = "sizao_web.desks.investigation"
    label = "desk_investigation"

    def ready(self) -> None:
        from sizao.terms.words import Words
        from sizao_web.accounts.roles import TRACING
        from sizao_web.pages.navigation import Entry, register

        cases = Words("病例与接触者", "Cases and contacts")
        register(Entry("investigation:cases", cases, frozenset(TRACING), 11))
        label = Words("场所扫码记录", "Who was there")
        register(Entry("investigation:registers", label, frozenset(TRACING), 14))
