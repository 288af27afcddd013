"""Addresses of the list of journeys, and of opening one."""

from __future__ import annotations

from django.urls import URLPattern, path

from kyogyo.web.journeys import changing, listing, opening

urlpatterns: list[URLPattern] = [
    path("journeys/", listing.journeys, name="journeys"),
    path("journeys/export/", listing.export, name="journeys-export"),
    path("journeys/views/", listing.save, name="journeys-save-view"),
    path("journeys/views/<int:view_id>/delete/", listing.forget, name="journeys-forget-view"),
    path("journeys/change/", changing.preview, name="journeys-change"),
    path("journeys/change/apply/", changing.apply, name="journeys-change-apply"),
    path("journeys/change/undo/", changing.undo, name="journeys-change-undo"),
    path("journeys/new/", opening.new, name="journey-new"),
]
