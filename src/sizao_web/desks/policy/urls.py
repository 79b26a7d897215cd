"""Addresses of this desk."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.policy import proposing, shelves, views

app_name = "policy"
urlpatterns = [
    path("", views.pack, name="pack"),
    path("parameters.csv", views.parameters, name="parameters"),
    path("rules/", views.rules, name="rules"),
    path("rules/<slug:rule>/", views.rule, name="rule"),
    path("packs/", shelves.packs, name="packs"),
    path("packs/<slug:pack>/", shelves.one, name="shelf-pack"),
    path("packs/<slug:pack>/rules/<slug:rule>/", shelves.rule, name="shelf-rule"),
    path("proposals/", proposing.overview, name="proposals"),
    path("proposals/new/<slug:kind>/", proposing.new, name="propose"),
    path("proposals/<int:proposal>/", proposing.one, name="proposal"),
    path("help/", views.help_text, name="help"),
]
