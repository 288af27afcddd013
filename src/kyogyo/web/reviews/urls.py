"""Addresses. They are written whole here: config/urls.py includes this file at the root."""

from __future__ import annotations

from django.urls import URLPattern, path

from kyogyo.web.reviews import views

urlpatterns: list[URLPattern] = [
    path("reviews/", views.reviews, name="reviews"),
    path("reviews/open/", views.start, name="review-open"),
    path("reviews/<int:review_id>/", views.review, name="review"),
    path("reviews/<int:review_id>/close/", views.close, name="review-close"),
    path("reviews/points/<int:point_id>/decide/", views.decide, name="review-point-decide"),
    path("reviews/points/<int:point_id>/finish/", views.finish, name="review-point-finish"),
]
