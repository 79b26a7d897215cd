"""Addresses of this desk."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.institutions import adding, closing, correcting, history, views

app_name = "institutions"
urlpatterns = [
    path("", views.today, name="today"),
    path("report/", views.report, name="report"),
    path("correct/", correcting.correct, name="correct"),
    path("absences/", adding.add, name="absences"),
    path("close/", closing.close, name="close"),
    path("cause/", views.cause, name="cause"),
    path("reports/", history.reports, name="reports"),
]
