"""Addresses. They are written whole here: config/urls.py includes this file at the root."""

from __future__ import annotations

from django.urls import URLPattern, path

from kyogyo.web.handoffs import views

urlpatterns: list[URLPattern] = [
    path("handoffs/", views.boxes, name="handoffs"),
    path("handoffs/<int:handoff_id>/", views.handoff, name="handoff"),
    path("handoffs/<int:handoff_id>/accept/", views.accept, name="handoff-accept"),
    path("handoffs/<int:handoff_id>/return/", views.give_back, name="handoff-return"),
    path("handoffs/<int:handoff_id>/need-work/", views.need_work, name="handoff-need-work"),
    path("handoffs/<int:handoff_id>/offer-again/", views.offer_again, name="handoff-offer-again"),
    path("handoffs/<int:handoff_id>/undo/", views.undo, name="handoff-undo"),
    path("handoffs/<int:handoff_id>/withdraw/", views.withdraw, name="handoff-withdraw"),
    path("handoffs/<int:handoff_id>/result/", views.result, name="handoff-result"),
    path("journeys/<int:journey_id>/offer/", views.offer, name="journey-offer"),
]
