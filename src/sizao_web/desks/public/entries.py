"""This desk's entries in the way around."""

from __future__ import annotations

from sizao.terms.words import Words
from sizao_web.desks.public.own import RESIDENT
from sizao_web.pages.navigation import Entry, register


def register_all() -> None:
    """Called when the app is ready."""
    register(
        Entry("public:own", Words("我的事项", "What concerns me"), RESIDENT, 0),
        Entry("public:clinics", Words("发热门诊", "Fever clinics"), RESIDENT, 60),
        Entry("public:notices", Words("公告", "Notices"), RESIDENT, 61),
        Entry("public:rights", Words("您的权利", "Your rights"), RESIDENT, 62),
    )
