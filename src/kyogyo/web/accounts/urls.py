"""Addresses. They are written whole here: config/urls.py includes this file at the root."""

from __future__ import annotations

from django.urls import URLPattern, path

from kyogyo.web.accounts import views

urlpatterns: list[URLPattern] = [
    path("accounts/<int:account_id>/", views.account, name="account"),
    path("accounts/<int:account_id>/merge/", views.merge, name="account-merge"),
    path("accounts/<int:account_id>/split/", views.split, name="account-split"),
]
