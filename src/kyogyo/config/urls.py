"""Every address of the application."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("kyogyo.web.stream.urls")),
    path("", include("kyogyo.web.desk.urls")),
    path("", include("kyogyo.web.board.urls")),
    path("", include("kyogyo.web.journeys.urls")),
    path("", include("kyogyo.web.handoffs.urls")),
    path("", include("kyogyo.web.search.urls")),
    path("", include("kyogyo.web.accounts.urls")),
    path("", include("kyogyo.web.bottleneck.urls")),
    path("", include("kyogyo.web.countermeasures.urls")),
    path("", include("kyogyo.web.alerts.urls")),
    path("", include("kyogyo.web.reviews.urls")),
    path("", include("kyogyo.web.settings.urls")),
    path("", include("kyogyo.web.setup.urls")),
    path("", include("kyogyo.web.sign_in.urls")),
    path("", include("kyogyo.web.health.urls")),
    path("", include("kyogyo.api.urls")),
]

handler400 = "kyogyo.web.errors.bad_request"
handler403 = "kyogyo.web.errors.not_allowed"
handler404 = "kyogyo.web.errors.not_found"
handler429 = "kyogyo.web.sign_in.lock_out.say_too_often"  # asked by allauth
handler500 = "kyogyo.web.errors.defect"
