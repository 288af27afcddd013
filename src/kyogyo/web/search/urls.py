"""Addresses. They are written whole here: config/urls.py includes this file at the root."""

from __future__ import annotations

from django.urls import URLPattern, path

from kyogyo.web.search import views

urlpatterns: list[URLPattern] = [path("search/", views.find, name="search")]
