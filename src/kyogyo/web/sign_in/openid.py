"""OpenID Connect with the company's directory: allauth's, made strict.

allauth sends no nonce, believes an unsigned token that it fetched itself, and lets the address of
the page add to the question. Here the token is read as the standard asks, and nothing is added.
"""

from __future__ import annotations

import hashlib
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404
from requests import RequestException

from kyogyo.web.sign_in.id_token import UntrustedToken, read_id_token

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_ENDPOINTS = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
_KEPT = ("iss", "sub", "email", "name")


class CompanyAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The exchange with the directory. `nonce` is the one that this browser was sent away with."""

    nonce = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What the directory says of itself. Raises OAuth2Error where it is another than configured."""
        found = super().openid_config
        missing = [name for name in _ENDPOINTS if not _text(found, name)]
        if missing:
            msg = f"the directory does not name its {', '.join(missing)}"
            raise OAuth2Error(msg)
        configured = self.get_provider().app.settings["server_url"].partition("/.well-known/")[0]
        if found["issuer"].rstrip("/") != configured.rstrip("/"):
            msg = f"the directory calls itself {found['issuer']!r}, and not {configured!r}"
            raise OAuth2Error(msg)
        told: dict[str, Any] = found
        return told

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Who the directory says this is. Raises OAuth2Error where it can't be believed."""
        config = self.openid_config
        if request.GET.get("iss", config["issuer"]) != config["issuer"]:
            msg = f"the answer is from {request.GET['iss']!r}"
            raise OAuth2Error(msg)
        try:
            said = read_id_token(
                str(kwargs["response"].get("id_token") or ""),
                keys=self._fetch(config["jwks_uri"]).get("keys") or [],
                issuer=config["issuer"],
                client=app.client_id,
                nonce=self.nonce,
                access_token=token.token,
            )
        except UntrustedToken as error:
            raise OAuth2Error(str(error)) from error
        return self.get_provider().sociallogin_from_response(
            request, self._with_address(said, token.token)
        )

    def _with_address(self, said: dict[str, Any], access_token: str) -> dict[str, Any]:
        """The token's claims; the e-mail address, where they hold none, from the page about the user."""
        if "email" in said or not _text(self.openid_config, "userinfo_endpoint"):
            return said
        more = self._fetch(
            self.openid_config["userinfo_endpoint"], Authorization=f"Bearer {access_token}"
        )
        if more.get("sub") != said["sub"]:
            msg = "the page about the user is about somebody else"
            raise OAuth2Error(msg)
        return {**more, **said}

    def _fetch(self, address: str, **headers: str) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            response = session.get(address, headers=headers)
            response.raise_for_status()
            found = response.json()
        if not isinstance(found, dict):
            msg = f"{address} answers something else than an object"
            raise OAuth2Error(msg)
        return found


class CompanyProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """The directory as allauth knows it."""

    oauth2_adapter_class = CompanyAdapter

    @classmethod
    def get_package(cls) -> str:
        """Where allauth finds the addresses of this kind of directory: its own, ours lie over them."""
        return str(OpenIDConnectProvider.__module__).rpartition(".")[0]

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: Any = None,
        **_: Any,
    ) -> HttpResponse:
        """Send the browser to the directory with our question, and nothing that a link added to it."""
        nonce = token_urlsafe(24)
        sent: HttpResponse = super().redirect(
            request,
            process,
            next_url,
            data,
            nonce=nonce,
            auth_params={**self.get_auth_params(), "nonce": nonce},
            scope=self.get_scope(),
        )
        return sent

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Of the issuer and its name for the person: another directory may use the same name."""
        return hashlib.sha256(f"{data['iss']}\n{data['sub']}".encode()).hexdigest()

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {name: data[name] for name in _KEPT if name in data}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"email": _text(data, "email"), "name": _text(data, "name")}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """The address; it counts where the directory, or else its administrator, vouches for it."""
        if not _text(data, "email"):
            return []
        unsaid = bool(self.app.settings.get("trust_email"))
        is_verified = data.get("email_verified", unsaid) in (True, "true")
        return [EmailAddress(email=data["email"], verified=is_verified, primary=True)]


class _Callback(OAuth2CallbackView):  # type: ignore[misc]
    def _get_state(self, request: HttpRequest, provider: CompanyProvider) -> Any:
        state, refusal = super()._get_state(request, provider)
        if state is not None:
            self.adapter.nonce = state.get("nonce", "")
        return state, refusal


def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _serve(OAuth2LoginView, request, provider_id)


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _serve(_Callback, request, provider_id)


def _serve(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    adapter = CompanyAdapter(request, provider_id)
    try:
        answer: HttpResponse = view.adapter_view(adapter)(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except (OAuth2Error, RequestException) as error:
        # allauth catches these once it has asked for a token, and not while it asks where to.
        answer = render_authentication_error(request, adapter.get_provider(), exception=error)
    return answer


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""
