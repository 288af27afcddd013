"""Addresses. They are written whole here: config/urls.py includes this file at the root."""

from __future__ import annotations

from django.urls import URLPattern, path

from kyogyo.web.bottleneck import views

urlpatterns: list[URLPattern] = [
    path("bottleneck/", views.bottleneck, name="bottleneck"),
    path("bottleneck/chart.svg", views.picture, {"kind": "svg"}, name="bottleneck-svg"),
    path("bottleneck/chart.png", views.picture, {"kind": "png"}, name="bottleneck-png"),
]
