"""Addresses of this desk."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.public import anybody, appealing, declaring, own

app_name = "public"
urlpatterns = [
    path("", anybody.start, name="start"),
    path("clinics/", anybody.clinics, name="clinics"),
    path("notices/", anybody.notices, name="notices"),
    path("rights/", anybody.rights, name="rights"),
    path("own/", own.overview, name="own"),
    path("own/declare/", declaring.declare, name="own-declare"),
    path("own/declarations/<slug:key>/correct/", declaring.correct, name="own-correct"),
    path("own/appeal/", appealing.appeal, name="own-appeal"),
    path("own/ask/", declaring.ask, name="own-ask"),
    path("own/why/<slug:obligation>/", own.why, name="own-why"),
    path("own/order/<path:person>/", own.order_paper, name="own-order"),
    path("own/release/<path:person>/", own.release_paper, name="own-release"),
    path("own/looked/<path:person>/", own.looked, name="own-looked"),
]
