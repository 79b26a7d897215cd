"""Addresses of this desk."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.community import carers, requests, views

app_name = "community"
urlpatterns = [
    path("", views.visits, name="visits"),
    path("household/<path:household>/", views.household, name="household"),
    path("person/<path:person>/", views.person, name="person"),
    path("carers/<path:person>/", carers.carers, name="carers"),
    path("requests/", requests.requests, name="requests"),
    path("record/", views.record, name="record"),
    path("take-back/", views.take_back, name="take-back"),
    path("offline/", views.offline, name="offline"),
    path("worker.js", views.worker, name="worker"),
]
