"""SAML where allauth's is too trusting or speaks to nobody: signing out at the directory's word."""

from __future__ import annotations

import logging
import zlib
from typing import TYPE_CHECKING, Any

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.saml.utils import (
    build_saml_config,
    get_app_or_404,
    prepare_django_request,
)
from allauth.socialaccount.providers.saml.views import FinishACSView
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET, require_safe
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.logout_request import OneLogin_Saml2_Logout_Request
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from kyogyo.web.errors import show
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest

_LOG = logging.getLogger("kyogyo.sign_in")
_NOT_HERE = Text(
    en="Signing out from the company's directory is not set up here. Sign out in Kyogyo itself.",
    ja="この環境では、社内の認証サービスからの一括ログアウトは設定されていません。Kyogyoの画面からログアウトしてください。",
)
_NOT_BELIEVED = Text(
    en="This request to sign out can't be believed: it isn't signed by the company's directory for you and this address. You are still signed in. Sign out in Kyogyo itself; if the directory sent you here, tell your administrator.",
    ja="ログアウトの要求を確認できませんでした（社内の認証サービスによる、あなた宛ての署名がありません）。ログインしたままの状態です。ログアウトする場合はKyogyoの画面から行ってください。認証サービスの画面から移動してきた場合は、管理者にお知らせください。",
)


class _Finish(FinishACSView):  # type: ignore[misc]
    def dispatch(self, request: HttpRequest, organization_slug: str) -> HttpResponse:
        """As allauth does it; an answer that this browser did not ask for is said in words."""
        try:
            answer: HttpResponse = super().dispatch(request, organization_slug)
        except PermissionDenied:
            provider = self.get_provider(organization_slug)
            answer = render_authentication_error(request, provider)
        return answer


finish = _Finish.as_view()


@require_safe
def metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """What the directory has to know of us; the address to sign out at only where that is set up."""
    config = _config(request, organization_slug)
    if not _signs_out(config):
        del config["sp"]["singleLogoutService"]
    told = OneLogin_Saml2_Settings(settings=config, sp_validation_only=True).get_sp_metadata()
    return HttpResponse(told, content_type="text/xml")


@require_GET
def sign_out(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """End the session of this browser because the directory says so.

    Its request must be signed and name the person who is signed in here. We never send such a
    request ourselves, so an answer to one is refused too.
    """
    config = _config(request, organization_slug)
    if not _signs_out(config):
        return show(request, _NOT_HERE, status=404)
    try:
        back, name = _read_request(request, config)
    except OneLogin_Saml2_Error as error:
        return _refuse(request, str(error))
    if request.user.is_authenticated:
        known = SocialAccount.objects.filter(
            user=request.user, provider=config["idp"]["entityId"], uid=name
        )
        if not known.exists():
            return _refuse(request, "it names somebody else than who is signed in")
        logout(request)
    return HttpResponseRedirect(back)


def _config(request: HttpRequest, slug: str) -> dict[str, Any]:
    """What python3-saml is to know. Raises Http404 where no such directory is configured."""
    app = get_app_or_404(request, slug)
    config: dict[str, Any] = build_saml_config(request, app.settings, slug)
    return config


def _signs_out(config: dict[str, Any]) -> bool:
    return "singleLogoutService" in config["idp"]


def _read_request(request: HttpRequest, config: dict[str, Any]) -> tuple[str, str]:
    """Where to send the browser back to, and the directory's name for the person.

    Raises OneLogin_Saml2_Error for what isn't a request signed by the directory, for this address.
    """
    sent = request.GET
    if "SAMLRequest" not in sent or any(len(values) > 1 for _, values in sent.lists()):
        msg = "it holds no request, or one twice"
        raise OneLogin_Saml2_Error(msg)
    config["security"]["wantMessagesSigned"] = True
    asked = {
        **prepare_django_request(request),
        # As it was signed: directories differ in how they write what is escaped.
        "query_string": request.META["QUERY_STRING"],
        "validate_signature_from_qs": True,
    }
    auth = OneLogin_Saml2_Auth(asked, config)
    try:
        back = auth.process_slo(keep_local_session=True)
        if auth.get_errors() or not back:
            raise OneLogin_Saml2_Error(auth.get_last_error_reason() or ", ".join(auth.get_errors()))
        name = OneLogin_Saml2_Logout_Request.get_nameid(auth.get_last_request_xml())
    except (OneLogin_Saml2_ValidationError, zlib.error, ValueError, SyntaxError) as error:
        # It can't be unpacked, is no XML, or lacks something.
        raise OneLogin_Saml2_Error(str(error)) from error
    return str(back), str(name)


def _refuse(request: HttpRequest, reason: str) -> HttpResponse:
    _LOG.warning("A request to sign out by SAML was refused: %s", reason)
    return show(request, _NOT_BELIEVED, status=400)
