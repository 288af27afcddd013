"""Addresses. They are written whole here: config/urls.py includes this file at the root."""

from __future__ import annotations

from django.urls import path

from kyogyo.web.stream import views

urlpatterns = [
    path("", views.stream, name="stream"),
    path("stream/fresh/", views.fresh, name="stream-fresh"),
    path("stream/<str:code>/", views.number, name="stream-number"),
]
