"""A company's OpenID provider for tests, on a port of this machine: what it says can be bent."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT, SECRET = "kyogyo", "between us"
KEYS = {"ES256": ec.generate_private_key(ec.SECP256R1()), "stranger": ec.generate_private_key(ec.SECP256R1()),
        "RS256": rsa.generate_private_key(public_exponent=65537, key_size=2048)}  # fmt: skip


@dataclass
class Provider:
    """What it says of the person who is signed in there, and how it signs.

    `claims` go into the token over the true ones (None takes one out), `about` is the page about
    the user, `config` goes over what it says of itself.
    """

    address: str = ""
    algorithm: str = "ES256"
    key: Any = field(default_factory=lambda: KEYS["ES256"])
    kid: str | None = "ES256"
    claims: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    refuses: str = ""
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.address, "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token", "jwks_uri": f"{self.address}/keys",
            "userinfo_endpoint": f"{self.address}/userinfo", **self.config,
        }  # fmt: skip

    def keys(self) -> dict[str, Any]:
        made = [
            {**jwt.get_algorithm_by_name(name).to_jwk(KEYS[name].public_key(), as_dict=True),
             "kid": name, "alg": name, "use": "sig"}
            for name in ("ES256", "RS256")
        ]  # fmt: skip
        return {"keys": made}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser goes back to."""
        if asked["client_id"] != CLIENT or asked["code_challenge_method"] != "S256":
            return f"{self.address}/wrong"
        code = f"code{len(self.asked)}"
        self.asked[code] = asked
        said = {"error": self.refuses} if self.refuses else {"code": code}
        return f"{asked['redirect_uri']}?{urlencode({**said, 'state': asked['state']})}"

    def token(self, sent: dict[str, str]) -> dict[str, Any] | None:
        """A token for a code, once, and only for who asked for it; None refuses."""
        asked = self.asked.pop(sent["code"], None)
        proof = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        if asked is None or (sent["client_id"], sent["client_secret"]) != (CLIENT, SECRET):
            return None
        if (asked["code_challenge"], asked["redirect_uri"]) != (challenge, sent["redirect_uri"]):
            return None
        now = int(time.time())
        said = {
            "iss": self.address, "sub": "of-field", "aud": CLIENT, "iat": now, "exp": now + 300,
            "nonce": asked["nonce"], "email": "field@example.com", "email_verified": True,
        }  # fmt: skip
        said = {k: v for k, v in {**said, **self.claims}.items() if v is not None}
        headers = {"kid": self.kid} if self.kid else {}
        key = "a shared secret of 32 bytes or more" if self.algorithm == "HS256" else self.key
        signed = jwt.encode(
            said, None if self.algorithm == "none" else key, self.algorithm, headers
        )
        return {"access_token": "for the page", "token_type": "Bearer", "id_token": signed}


class _Answering(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
        match parts.path:
            case "/.well-known/openid-configuration":
                self._say(self.provider.discovery())
            case "/keys":
                self._say(self.provider.keys())
            case "/authorize":
                self.send_response(302)
                self.send_header("Location", self.provider.authorize(given))
                self.end_headers()
            case "/userinfo" if self.headers["Authorization"] == "Bearer for the page":
                self._say(self.provider.about)
            case _:
                self._say({"error": "unknown"}, status=404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        made = self.provider.token({name: values[0] for name, values in parse_qs(body).items()})
        self._say(made or {"error": "invalid_grant"}, status=200 if made else 400)

    def _say(self, told: dict[str, Any], *, status: int = 200) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def serve() -> Iterator[Provider]:
    """A provider that answers until the end of the block."""
    provider = Provider()
    handler = type("Answering", (_Answering,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def visit(address: str) -> str:
    """Open a page of the provider as a browser does; where it sends the browser to."""
    try:
        urllib.request.build_opener(_Stay).open(address, timeout=5).close()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.headers["Location"] or ""
    return ""
