"""Addresses of this desk."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.laboratory import sampling, testing

app_name = "laboratory"
urlpatterns = [
    path("", testing.today, name="today"),
    path("receive/", testing.receive, name="receive"),
    path("results/", testing.results, name="results"),
    path("sampling/", sampling.sampling, name="sampling"),
    path("sampling/session/", sampling.session, name="session"),
    path("sampling/record/", sampling.record, name="record"),
    path("sampling/take-back/", sampling.take_back, name="take-back"),
    path("sampling/tubes/", sampling.taken, name="taken"),
    path("sampling/list/", sampling.paper, name="paper"),
    path("sampling/offline/", sampling.offline, name="offline"),
    path("sampling/worker.js", sampling.worker, name="worker"),
]
