"""Labels and hues of what the declared model names. A code that it no longer has shows as itself."""

from __future__ import annotations

from dataclasses import dataclass

from kyogyo.errors import ModelError
from kyogyo.web.formats import say
from kyogyo.web.speaking import speaking

HUES = 4  # --department-1 .. --department-4 in tokens.css


@dataclass(frozen=True, slots=True)
class StageLook:
    """How a stage is shown: its label, its department's hue, and what kind of stage it is."""

    label: str
    hue: int
    type: str


def department_hue(code: str) -> int:
    """1 to 4 by the department's place in the model, 0 for none."""
    model = speaking().model
    try:
        return (model.department_number(code) - 1) % HUES + 1 if model and code else 0
    except ModelError:
        return 0


def department_label(code: str) -> str:
    model = speaking().model
    try:
        return say(model.department(code).label) if model and code else code
    except ModelError:
        return code


def stage_look(code: str) -> StageLook:
    model = speaking().model
    try:
        stage = model.stage(code) if model else None
    except ModelError:
        stage = None
    if stage is None:
        return StageLook(label=code, hue=0, type="open")
    return StageLook(label=say(stage.label), hue=department_hue(stage.department), type=stage.type)


def stage_label(code: str) -> str:
    return stage_look(code).label


def track_label(code: str) -> str:
    model = speaking().model
    try:
        return say(model.track(code).label) if model else code
    except ModelError:
        return code
