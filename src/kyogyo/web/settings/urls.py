"""Addresses of the settings."""

from __future__ import annotations

from django.urls import path

from kyogyo.web.settings import looks

urlpatterns = [
    path("settings/language/", looks.choose_language, name="choose_language"),
    path("settings/appearance/", looks.choose_appearance, name="choose_appearance"),
    path("settings/design/", looks.show_design, name="design"),
]
