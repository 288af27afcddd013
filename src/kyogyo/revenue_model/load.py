"""From the TOML file to the validated model, or to one error that lists all that is wrong."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kyogyo.errors import ModelError
from kyogyo.revenue_model.schema import RevenueModel


def load_model(path: Path | str) -> RevenueModel:
    return parse_model(Path(path).read_text(encoding="utf-8"), name=Path(path).name)


def parse_model(text: str, *, name: str) -> RevenueModel:
    return make_model(tomllib.loads(text), name=name)


def make_model(data: Mapping[str, Any], *, name: str) -> RevenueModel:
    try:
        return RevenueModel.model_validate(data)
    except ValidationError as problem:
        raise ModelError(en=f"{name}: {problem}", ja=f"{name}: {problem}") from None


def default_model() -> RevenueModel:
    return load_model(Path(__file__).with_name("the_model.toml"))
