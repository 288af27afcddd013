"""Addresses. They are written whole here: config/urls.py includes this file at the root."""

from __future__ import annotations

from django.urls import URLPattern, path

from kyogyo.web.journeys import fields, list_urls, views

urlpatterns: list[URLPattern] = [
    *list_urls.urlpatterns,
    path("journeys/<int:journey_id>/", views.journey, name="journey"),
    path("journeys/<int:journey_id>/gate/", views.gate, name="journey-gate"),
    path("journeys/<int:journey_id>/enter/", views.enter, name="journey-enter"),
    path("journeys/<int:journey_id>/criterion/", views.criterion, name="journey-criterion"),
    path("journeys/<int:journey_id>/answer/", views.answer, name="journey-answer"),
    path("journeys/<int:journey_id>/activity/", views.activity, name="journey-activity"),
    path("journeys/<int:journey_id>/next-step/", views.next_step, name="journey-next-step"),
    path("journeys/<int:journey_id>/assign/", views.assign, name="journey-assign"),
    path("journeys/<int:journey_id>/change/", views.change, name="journey-change"),
    path("journeys/<int:journey_id>/fields/", fields.fields, name="journey-fields"),
    path("journeys/<int:journey_id>/undo/", views.undo, name="journey-undo"),
    path("journeys/<int:journey_id>/reopen/", views.reopen, name="journey-reopen"),
    path("journeys/<int:journey_id>/promises/", views.promise, name="journey-promise"),
    path(
        "journeys/<int:journey_id>/promises/<int:promise_id>/", views.settle, name="journey-settle"
    ),
]
