"""Addresses of this desk."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.everyone import views

app_name = "everyone"
urlpatterns = [path("", views.start, name="start")]
