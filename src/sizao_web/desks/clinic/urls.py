"""Addresses of this desk."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.clinic import admitting, clinic, gates, pharmacy, slots, wards

app_name = "clinic"
urlpatterns = [
    path("", clinic.today, name="today"),
    path("look-up/", clinic.look_up, name="look-up"),
    path("register/", clinic.register, name="register"),
    path("patients/<path:person>/", clinic.patient, name="patient"),
    path("samples/<path:person>/", clinic.sample, name="sample"),
    path("sent/<path:person>/", clinic.sent, name="sent"),
    path("gates/", gates.gates, name="gates"),
    path("wards/", wards.wards_today, name="wards"),
    path("wards/admit/", admitting.admit, name="admit"),
    path("slots/", slots.slots, name="slots"),
    path("pharmacy/", pharmacy.today, name="pharmacy"),
    path("pharmacy/look-up/", pharmacy.look_up, name="look-up-buyer"),
    path("pharmacy/sale/", pharmacy.sale, name="sale"),
    path("pharmacy/slips/<path:person>/", pharmacy.slip, name="slip"),
]
