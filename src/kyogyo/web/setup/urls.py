"""Addresses of the first run."""

from __future__ import annotations

from django.urls import path

from kyogyo.web.setup import views

urlpatterns = [path("setup/", views.first_run, name="setup")]
