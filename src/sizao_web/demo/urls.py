"""Addresses of the demonstration."""

from __future__ import annotations

from django.urls import path

from sizao_web.demo import views

app_name = "demo"
urlpatterns = [path("personas/", views.personas, name="personas")]
