"""Addresses. They are written whole here: config/urls.py includes this file at the root."""

from __future__ import annotations

from django.urls import URLPattern, path

from kyogyo.web.alerts import views

urlpatterns: list[URLPattern] = [
    path("alerts/", views.alerts, name="alerts"),
    path("alerts/<int:alert_id>/", views.alert, name="alert"),
    path("alerts/<int:alert_id>/answer/", views.answer, name="alert-answer"),
]
