"""The link with which the first administrator is made."""

from __future__ import annotations

import hmac

from django.utils.crypto import salted_hmac

from kyogyo.records.queries.organisation import is_set_up


def set_up_link(address: str) -> str | None:
    """The link below `address`, or None when somebody can sign in already.

    It holds a token that only whoever sees the server's words knows, so that a stranger who finds a
    new installation first can't take it.
    """
    return None if is_set_up() else f"{address.rstrip('/')}/setup/?token={_token()}"


def is_right_token(token: str) -> bool:
    return hmac.compare_digest(token.encode(), _token().encode())


def _token() -> str:
    # From the secret of the installation: every process knows it, and no file has to hold it.
    return salted_hmac("kyogyo.set_up", "first administrator", algorithm="sha256").hexdigest()[:32]
