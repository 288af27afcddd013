"""Addresses."""

from __future__ import annotations

from django.urls import path

from kyogyo.web.health import views

urlpatterns = [
    path("healthz/live", views.live, name="live"),
    path("healthz/ready", views.ready, name="ready"),
]
