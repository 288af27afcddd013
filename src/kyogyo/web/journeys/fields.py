"""What is noted about a journey, the company's own fields among it: all in one form.

Two who have it open at once: the second is shown what the first wrote, beside what they typed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.views.decorators.http import require_http_methods

from kyogyo.errors import ConflictError, RuleError
from kyogyo.records.access import journey_for, require_writer
from kyogyo.records.actions.journeys import change_journey
from kyogyo.records.queries.choices import journey_fields, read_choices
from kyogyo.records.queries.columns import choices_of
from kyogyo.records.queries.model import current
from kyogyo.web.formats import say
from kyogyo.web.journeys.reading import read_fact, read_minor, read_number, typed_fact, typed_money
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, go, render
from kyogyo.web.tried import Tried, refused
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kyogyo.records.models import CustomField, Journey

_FORM = "fields"


@require_http_methods(["GET", "POST"])
@page
def fields(request: HttpRequest, journey_id: int) -> HttpResponse:
    """The form; then on to the gate that asked for it, or to the journey."""
    actor = actor_of(request)
    journey = journey_for(actor, journey_id)
    require_writer(actor)
    if request.method == "GET":
        return _show(request, journey)
    try:
        _change(request, journey_id)
    except (RuleError, ConflictError) as error:
        return _show(
            request, journey_for(actor, journey_id), tried=refused(_FORM, error, request.POST)
        )
    tell(request, Text(en="Saved.", ja="保存しました。"))
    to = _asked_by(request)
    return go(request, f"/journeys/{journey_id}/{f'gate/?to={to}' if to else '#facts'}")


def _change(request: HttpRequest, journey_id: int) -> None:
    post = request.POST
    asked = {one.code: one for one in journey_fields() if f"field:{one.code}" in post}
    change_journey(
        actor=actor_of(request),
        journey_id=journey_id,
        revision=read_number(post, "revision"),
        title=post.get("title", ""),
        source=post.get("source", ""),
        campaign=post.get("campaign", ""),
        amount=read_minor(post, "amount"),
        facts={code: read_fact(post, f"field:{code}", field) for code, field in asked.items()},
    )


def _asked_by(request: HttpRequest) -> str:
    """The stage whose gate asked for a field, '' for none."""
    to = request.POST.get("to") or request.GET.get("to", "")
    return to if to in {one.code for one in current().model.stages} else ""


def _show(request: HttpRequest, journey: Journey, *, tried: Tried | None = None) -> HttpResponse:
    choices, tried = read_choices(actor_of(request)), tried or Tried()
    stored = {
        "title": journey.title,
        "source": journey.source,
        "campaign": journey.campaign,
        "amount": typed_money(journey.amount),
    } | {
        f"field:{one.code}": typed_fact(one, journey.facts.get(one.code)) for one in choices.fields
    }
    typed = {name: str(tried.kept(_FORM, name, kept)) for name, kept in stored.items()}
    # A value that somebody else wrote meanwhile stands beside what was typed over it.
    now = {name: kept for name, kept in stored.items() if typed[name].strip() != kept}
    return render(
        request,
        "journeys/fields.html",
        {
            "journey": journey,
            "choices": choices,
            "own": [_own(one) for one in choices.fields],
            "typed": typed,
            "now": now if tried.status == 409 else {},
            "tried": tried,
            "to": _asked_by(request),
        },
        status=tried.status,
    )


def _own(field: CustomField) -> dict[str, Any]:
    """A field as the form shows it. `needed`: the stage that isn't left without it."""
    model = current().model
    needed = next((one for one in model.stages if one.code == field.required_to_leave), None)
    return {
        "name": f"field:{field.code}",
        "id": f"own-{field.code}",
        "label": say(Text(en=field.label_en, ja=field.label_ja)),
        "kind": field.kind,
        "choices": [(code, say(label)) for code, label in choices_of(field)],
        "needed": say(needed.label) if needed else "",
    }
