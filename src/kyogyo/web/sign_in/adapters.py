"""How allauth behaves here: nobody signs up by themselves, and its words for people are ours."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from django.conf import settings
from requests import RequestException

from kyogyo.web.sign_in import words

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kyogyo.records.models import User
    from kyogyo.words import Text

_LOG = logging.getLogger("kyogyo.sign_in")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- allauth's signature
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        return str(settings.LOGIN_REDIRECT_URL)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        if settings.KYOGYO_SENDS_MAIL:
            super().send_mail(template_prefix, email, context)

    def get_client_ip(self, request: HttpRequest) -> str:
        from kyogyo.web.sign_in.lock_out import address_of  # noqa: PLC0415 -- needs django.setup()

        return address_of(request)


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on lets in who is here already, found by the address; everybody else is told why not."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        return False

    def authenticate_by_email(self, sociallogin: Any) -> tuple[User, str] | None:
        """The person with the address that the directory vouches for.

        An administrator vouched for it here: allauth takes away the password of whoever has an
        address that nobody has.
        """
        from kyogyo.web.sign_in.signals import vouch_for  # noqa: PLC0415 -- needs django.setup()

        found: tuple[User, str] | None = super().authenticate_by_email(sociallogin)
        if found is not None:
            vouch_for(found[0])
        return found

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Say in words why somebody is not let in. Raises ImmediateHttpResponse."""
        if sociallogin.is_existing or sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        addresses = sociallogin.email_addresses
        address = addresses[0].email if addresses else ""
        if not address:
            text = words.NO_ADDRESS
        elif not addresses[0].verified:
            text = words.UNVERIFIED
        else:
            text = words.UNKNOWN
        name = sociallogin.provider.name
        _LOG.warning("%s signed in somebody whom Kyogyo does not let in: %s", name, text.en)
        _refuse(request, words.filled(text, directory=name, address=address))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Say in words what went wrong between us and the directory. Raises ImmediateHttpResponse."""
        if error == AuthError.CANCELLED:
            _refuse(request, words.filled(words.CANCELLED, directory=provider.name))
        context = extra_context or {}
        refused = repr(request.GET.get("error", "no code")) if "state" in context else None
        reason = exception or context.get("saml_last_error_reason") or refused
        if reason is None:
            _refuse(request, words.filled(words.NOT_BEGUN_HERE, directory=provider.name))
        _LOG.warning("Single sign-on by %s failed: %s", provider.name, reason)
        if isinstance(reason, RequestException):
            text = words.filled(words.AWAY, directory=provider.name)
            _refuse(request, text, status=502)
        _refuse(request, words.filled(words.NOT_BELIEVED, directory=provider.name))


def _refuse(request: HttpRequest, text: Text, *, status: int = 401) -> NoReturn:
    from kyogyo.web.errors import show  # noqa: PLC0415 -- needs django.setup()

    raise ImmediateHttpResponse(show(request, text, status=status))
