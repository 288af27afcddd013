"""Errors as a program reads them: a status, a code, and the words in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import JsonResponse

from kyogyo.errors import (
    ConflictError,
    KyogyoError,
    MissingRecordError,
    NotAllowedError,
)

if TYPE_CHECKING:
    from django.http import HttpRequest

_STATUS: dict[type[KyogyoError], int] = {
    MissingRecordError: 404,
    NotAllowedError: 403,
    ConflictError: 409,
}


def problem(request: HttpRequest, error: KyogyoError) -> JsonResponse:  # noqa: ARG001
    """404 for what isn't there or may not be seen, 403, 409, and 422 for what is against a rule."""
    status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 422)
    code = type(error).__name__.removesuffix("Error").lower()
    return JsonResponse(
        {"error": {"code": code, "en": error.text.en, "ja": error.text.ja}}, status=status
    )
