"""Addresses of this desk."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.watch import charts, reads, views

app_name = "watch"
urlpatterns = [
    path("alarms/", views.alarms, name="alarms"),
    path("switches/", views.switches, name="switches"),
    path("charts/", charts.charts, name="charts"),
    path("reads/", reads.reads, name="reads"),
]
