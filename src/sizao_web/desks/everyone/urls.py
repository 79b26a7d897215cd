"""Addresses of this desk."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.everyone import lists, views

app_name = "everyone"
urlpatterns = [
    path("", views.start, name="start"),
    path("lists/obligations/", lists.obligation_list, name="lists"),
    path("lists/obligations/<slug:which>/", lists.obligation_list, name="list"),
]
