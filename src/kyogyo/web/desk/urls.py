"""Addresses. They are written whole here: config/urls.py includes this file at the root."""

from __future__ import annotations

from django.urls import URLPattern, path

from kyogyo.web.desk import views

urlpatterns: list[URLPattern] = [
    path("desk/", views.desk, name="desk"),
    path("desk/queue/", views.queue, name="desk-queue"),
    path("desk/done/<int:journey_id>/", views.done, name="desk-done"),
]
