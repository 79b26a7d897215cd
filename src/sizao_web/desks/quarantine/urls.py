"""Addresses of this desk."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.quarantine import admitting, guests, leaving, needs, rooms, rounds, staff, views

app_name = "quarantine"
urlpatterns = [
    path("", views.today, name="today"),
    path("rooms/", rooms.rooms, name="rooms"),
    path("rooms/condition/", rooms.condition, name="condition"),
    path("checks/", rounds.checks, name="checks"),
    path("checks/take-back/", rounds.take_back, name="take-back"),
    path("guests/", guests.guests, name="guests"),
    path("admit/<path:person>/", admitting.admit, name="admit"),
    path("move/<path:person>/", admitting.move, name="move"),
    path("leave/<path:person>/", leaving.leave, name="leave"),
    path("release/<path:person>/", leaving.release, name="release"),
    path("papers/release/<path:person>/", leaving.release_paper, name="release-paper"),
    path("papers/order/<path:person>/", leaving.order_paper, name="order-paper"),
    path("staff/", staff.staff, name="staff"),
    path("needs/", needs.needs, name="needs"),
    path("needs/answer/", needs.answer, name="answer"),
]
