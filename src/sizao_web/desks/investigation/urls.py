"""Addresses of this desk."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.investigation import cases, views

app_name = "investigation"
urlpatterns = [
    path("", views.registers, name="registers"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<path:person>/", cases.case, name="case"),
]
