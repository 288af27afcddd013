"""Addresses. Those below /sign-in/ are allauth's, but for the demo's."""

from __future__ import annotations

from django.urls import include, path
from django.views.generic import RedirectView

from kyogyo.web.sign_in import openid, saml, views

urlpatterns = [
    path("sign-in/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("sign-in/as/", views.sign_in_as, name="sign_in_as"),
    path("sign-in/password/", RedirectView.as_view(pattern_name="account_change_password")),
    # Without mail a forgotten password is no dead end that says it has sent something.
    path("sign-in/password/reset/", views.forgotten),
    path("sign-in/signup/", views.no_sign_up),
    # An address is what single sign-on and a new password go by: nobody gives themselves another.
    path("sign-in/email/", views.no_own_address),
    path("sign-in/confirm-email/", views.no_own_address),
    path("sign-in/confirm-email/<str:key>/", views.no_own_address),
    # The same addresses as allauth's, and stricter.
    path("sign-in/oidc/<provider_id>/login/", openid.login),
    path("sign-in/oidc/<provider_id>/login/callback/", openid.callback),
    path("sign-in/saml/<organization_slug>/acs/finish/", saml.finish),
    path("sign-in/saml/<organization_slug>/metadata/", saml.metadata),
    path("sign-in/saml/<organization_slug>/sls/", saml.sign_out),
    path("sign-in/", include("allauth.urls")),
]
