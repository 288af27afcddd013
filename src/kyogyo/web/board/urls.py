"""Addresses. They are written whole here: config/urls.py includes this file at the root."""

from __future__ import annotations

from django.urls import URLPattern, path

from kyogyo.web.board import views

urlpatterns: list[URLPattern] = [
    path("board/", views.board, name="board"),
    path("board/move/<int:journey_id>/", views.move, name="board-move"),
    path("board/gates/<int:journey_id>/", views.gates, name="board-gates"),
]
