"""Addresses of this desk."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.duty import assigning, incidents, lists, planning, views

app_name = "duty"
urlpatterns = [
    path("", views.today, name="today"),
    path("take-over/", views.take_over, name="take-over"),
    path("hand-on/", views.hand_on, name="hand-on"),
    path("plan/", planning.plan, name="plan"),
    path("shifts/", lists.shifts, name="shifts"),
    path("roster/", lists.roster, name="roster"),
    path("incidents/", lists.incidents, name="incidents"),
    path("incidents/new/", incidents.new, name="new-incident"),
    path("incidents/report/<path:incident>/", incidents.report, name="report-incident"),
    path("incidents/of/<path:incident>/", incidents.show, name="incident"),
    path("assignments/", lists.assignments, name="assignments"),
    path("assignments/new/", assigning.new, name="new-assignments"),
    path("assignments/report/<path:assignment>/", assigning.report, name="report-assignment"),
    path("assignments/of/<path:assignment>/", assigning.show, name="assignment"),
]
