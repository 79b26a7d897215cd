"""Addresses of this desk."""

from __future__ import annotations

from django.urls import path

from sizao_web.desks.supervision import inspecting, lists, photos, settling, views

app_name = "supervision"
urlpatterns = [
    path("", views.today, name="today"),
    path("due/", lists.due, name="due"),
    path("findings/", lists.findings, name="findings"),
    path("findings/<path:finding>/", views.finding, name="finding"),
    path("inspections/", lists.inspections, name="inspections"),
    path("inspections/<path:inspection>/", views.inspection, name="inspection"),
    path("inspect/", inspecting.inspect, name="inspect"),
    path("notices/<path:inspection>/", views.notice, name="notice"),
    path("rectify/<path:finding>/", settling.rectify, name="rectify"),
    path("check-again/<path:finding>/", settling.check_again, name="check-again"),
    path("photos/add/<path:finding>/", photos.add, name="add-photo"),
    path("photos/take-back/<uuid:photo>/", photos.take_back, name="take-back-photo"),
    path("photos/<uuid:photo>/", photos.show, name="photo"),
]
