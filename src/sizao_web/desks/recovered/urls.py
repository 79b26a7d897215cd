"""Addresses of this desk."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.recovered import handing, views

app_name = "recovered"
urlpatterns = [
    path("", views.today, name="today"),
    path("people/", views.people, name="people"),
    path("released/", views.released, name="released"),
    path("people/<path:person>/", views.person, name="person"),
    path("record/<path:person>/", views.record, name="record"),
    path("hand-over/<path:person>/", handing.hand_over, name="hand-over"),
    path("accept/", handing.accept, name="accept"),
    path("receipts/<path:person>/", handing.receipt, name="receipt"),
]
