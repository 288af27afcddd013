"""Single sign-on by the environment: one OpenID Connect provider and one SAML provider."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from kyogyo.config.environment import read_flag, read_list, read_text
from kyogyo.errors import SettingError


def read_providers() -> dict[str, dict[str, Any]]:
    """What allauth is to know about the company's directories. Raises SettingError for half a configuration."""
    return {
        "openid_connect": {
            "provider_class": "kyogyo.web.sign_in.openid.CompanyProvider",
            "OAUTH_PKCE_ENABLED": True,
            "APPS": _openid(),
        },
        "saml": {"APPS": _saml()},
    }


def form_origins(providers: dict[str, dict[str, Any]]) -> list[str]:
    """Where the browser may be sent by the sign-in form: browsers check the redirect of a form too."""
    named = [
        str(value)
        for provider in providers.values()
        for app in provider["APPS"]
        for value in (
            app["settings"].get("server_url"),
            app["settings"].get("idp", {}).get("sso_url"),
        )
        if value
    ]
    origins = [f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, named)]
    return list(dict.fromkeys([*origins, *read_list("KYOGYO_SSO_ORIGINS")]))


def _openid() -> list[dict[str, Any]]:
    server, client, secret = _whole(
        "KYOGYO_OIDC_URL", "KYOGYO_OIDC_CLIENT_ID", "KYOGYO_OIDC_CLIENT_SECRET"
    )
    if not server:
        return []
    _require_https("KYOGYO_OIDC_URL", server)
    return [
        {
            "provider_id": "company",
            "name": read_text("KYOGYO_OIDC_NAME", "OpenID Connect"),
            "client_id": client,
            "secret": secret,
            "settings": {
                "server_url": server.rstrip("/"),
                # Where the directory doesn't say whether an address was verified.
                "trust_email": read_flag("KYOGYO_OIDC_TRUST_EMAIL"),
            },
        }
    ]


def _saml() -> list[dict[str, Any]]:
    entity, sso, certificate = _whole(
        "KYOGYO_SAML_ENTITY_ID", "KYOGYO_SAML_SSO_URL", "KYOGYO_SAML_CERTIFICATE"
    )
    if not entity:
        return []
    return [
        {
            "provider_id": entity,
            "client_id": "company",
            "name": read_text("KYOGYO_SAML_NAME", "SAML"),
            "settings": {
                # What the directory signed is vouched for; else nobody could be found by it.
                "verified_email": True,
                "attribute_mapping": {
                    "uid": "NameID",
                    "email": read_text("KYOGYO_SAML_EMAIL", "email"),
                },
                "idp": {
                    "entity_id": entity,
                    "sso_url": sso,
                    "x509cert": certificate,
                    # Where it is not set, nobody is signed out at the directory's word.
                    "slo_url": read_text("KYOGYO_SAML_SLO_URL"),
                },
                "advanced": {
                    "strict": True,
                    "want_assertion_signed": True,
                    "reject_idp_initiated_sso": True,
                    "allow_repeat_attribute_name": False,
                },
            },
        }
    ]


def _require_https(name: str, address: str) -> None:
    """Who stands between could read the secret, or answer in the directory's place."""
    parts = urlsplit(address)
    if parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1", "::1"):
        return
    raise SettingError(
        en=f"{name} is {address!r}. Write an address that begins with https://; plain HTTP is for this machine alone.",
        ja=f"{name} が {address!r} です。https:// で始まるアドレスを指定してください（http はこの端末のみ使用できます）。",
    )


def _whole(*names: str) -> list[str]:
    """All of the variables, or none of them."""
    values = [read_text(name) for name in names]
    missing = [name for name, value in zip(names, values, strict=True) if not value]
    if missing and len(missing) < len(names):
        some = ", ".join(missing)
        raise SettingError(
            en=f"Single sign-on is only half configured. Set {some} too, or none of {', '.join(names)}.",
            ja=f"シングルサインオンの設定が不足しています。{some} も設定するか、{', '.join(names)} をすべて外してください。",
        )
    return values
