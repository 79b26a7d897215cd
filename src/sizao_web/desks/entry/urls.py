"""Addresses of this desk."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.entry import arriving, declaring, pushed, views

app_name = "entry"
urlpatterns = [
    path("", views.today, name="today"),
    path("count/", views.count, name="count"),
    path("declare/", declaring.declare, name="declare"),
    path("look-up/", declaring.look_up, name="look-up"),
    path("pushed/", pushed.pushed, name="pushed"),
    path("pushed/settle/", pushed.settle, name="settle"),
    path("arrivals/<path:person>/", arriving.arrival, name="arrival"),
    path("receipts/<path:person>/", arriving.receipt, name="receipt"),
]
