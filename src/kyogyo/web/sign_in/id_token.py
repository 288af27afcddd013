"""Whether an ID token was signed by the directory, for us, now, and for the sign-in that asked for it.

OpenID Connect Core 3.1.3.7, all of it: what came straight from the directory is checked like
anything else that came over a network.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from secrets import compare_digest
from typing import Any

import jwt

# Signatures by a key that the directory alone has. With HS256 everybody who knows our secret could
# sign, and "none" is no signature.
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
_CLOCKS_APART = 60  # seconds


class UntrustedToken(Exception):
    """Why a token is worth nothing, for the log."""


def read_id_token(
    token: str,
    *,
    keys: Sequence[Mapping[str, Any]],
    issuer: str,
    client: str,
    nonce: str,
    access_token: str,
) -> dict[str, Any]:
    """What the token says. Raises UntrustedToken for the first thing that is wrong with it."""
    try:
        algorithm, key = _key_of(token, keys)
        said: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=[algorithm],
            audience=client,
            issuer=issuer,
            leeway=_CLOCKS_APART,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except jwt.PyJWTError as error:
        msg = f"the ID token is refused: {error}"
        raise UntrustedToken(msg) from error
    _check_party(said, client)
    if not nonce or not compare_digest(str(said.get("nonce", "")), nonce):
        msg = "the nonce is not the one that was sent"
        raise UntrustedToken(msg)
    _check_access(said, access_token, algorithm)
    return said


def _key_of(token: str, keys: Sequence[Mapping[str, Any]]) -> tuple[str, jwt.PyJWK]:
    """The algorithm of the token, and the directory's key for it."""
    header = jwt.get_unverified_header(token)
    algorithm = str(header.get("alg", ""))
    if algorithm not in ALGORITHMS:
        msg = f"it is signed with {algorithm or 'nothing'}, which anybody could have done"
        raise UntrustedToken(msg)
    fits = [
        key
        for key in keys
        if key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and header.get("kid", key.get("kid")) == key.get("kid")
    ]
    if len(fits) != 1:
        msg = f"{len(fits)} keys of the directory fit the key id {header.get('kid')!r}"
        raise UntrustedToken(msg)
    return algorithm, jwt.PyJWK(dict(fits[0]), algorithm=algorithm)


def _check_party(said: Mapping[str, Any], client: str) -> None:
    """A token for several readers must name us as the one that it was made for."""
    party = said.get("azp")
    several = isinstance(said["aud"], list) and len(said["aud"]) > 1
    if (several or party is not None) and party != client:
        msg = f"it was made for {party!r}"
        raise UntrustedToken(msg)


def _check_access(said: Mapping[str, Any], access_token: str, algorithm: str) -> None:
    """Where the token says which access token it came with, it is that one."""
    told = said.get("at_hash")
    if told is None:
        return
    digest = jwt.get_algorithm_by_name(algorithm).compute_hash_digest(access_token.encode())
    half = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
    if not compare_digest(str(told), half):
        msg = "it came with another access token"
        raise UntrustedToken(msg)
