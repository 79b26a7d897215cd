"""Addresses of signing in and of one's own account."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.account import views

app_name = "account"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("duty/", views.choose_duty, name="duty"),
    path("language/", views.choose_language, name="language"),
]
