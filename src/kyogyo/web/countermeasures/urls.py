"""Addresses. They are written whole here: config/urls.py includes this file at the root."""

from __future__ import annotations

from django.urls import URLPattern, path

from kyogyo.web.countermeasures import acts, planning, views

urlpatterns: list[URLPattern] = [
    path("countermeasures/", views.countermeasures, name="countermeasures"),
    path("countermeasures/new/", planning.new, name="countermeasure-new"),
    path("countermeasures/<int:countermeasure_id>/", views.countermeasure, name="countermeasure"),
    path("countermeasures/<int:countermeasure_id>/chart.svg", views.picture, {"kind": "svg"}, name="countermeasure-svg"),
    path("countermeasures/<int:countermeasure_id>/chart.png", views.picture, {"kind": "png"}, name="countermeasure-png"),
    path("countermeasures/<int:countermeasure_id>/start/", acts.start, name="countermeasure-start"),
    path("countermeasures/<int:countermeasure_id>/score/", acts.score, name="countermeasure-score"),
    path("countermeasures/<int:countermeasure_id>/change/", acts.change, name="countermeasure-change"),
    path("countermeasures/<int:countermeasure_id>/review/", acts.review, name="countermeasure-review"),
    path("countermeasures/<int:countermeasure_id>/reopen/", acts.reopen, name="countermeasure-reopen"),
    path("library/", views.library, name="library"),
]  # fmt: skip
