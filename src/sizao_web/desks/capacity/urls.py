"""Addresses of this desk."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.capacity import listings, reporting, views

app_name = "capacity"
urlpatterns = [
    path("", views.today, name="today"),
    path("rooms/", views.rooms, name="rooms"),
    path("works/", views.works, name="works"),
    path("rows/<slug:what>/", listings.rows, name="rows"),
    path("report/", reporting.report, name="report"),
    path("move/", reporting.move, name="move"),
]
