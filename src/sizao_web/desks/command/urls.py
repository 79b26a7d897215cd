"""Addresses of this desk."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.command import past, views

app_name = "command"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("help/", views.help_text, name="help"),
    path("cases/", views.case_list, name="cases"),
    path("past/", past.ask, name="ask"),
    path("past/<int:question>/", past.then, name="then"),
    path("past/<int:question>/<slug:which>/", past.then_rows, name="then-rows"),
]
