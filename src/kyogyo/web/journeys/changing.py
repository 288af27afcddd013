"""Changing many journeys at once: choose, look at what would happen, do it, take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.views.decorators.http import require_POST

from kyogyo.errors import KyogyoError, RuleError
from kyogyo.records.actions.bulk import MOST, BulkChange, apply_bulk, preview_bulk, undo_bulk
from kyogyo.records.queries.choices import journey_fields, read_choices
from kyogyo.records.queries.columns import choice_label, choices_of
from kyogyo.records.queries.journeys import ids_of
from kyogyo.records.queries.model import current
from kyogyo.records.queries.wording import stage_label
from kyogyo.web.errors import status_of
from kyogyo.web.formats import say, t
from kyogyo.web.journeys.listing import read_asked
from kyogyo.web.journeys.reading import read_day, read_fact
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, go, render
from kyogyo.words import Text, money, read_whole

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kyogyo.records.queries.choices import Choices

_KINDS = {
    "owner": Text(en="Owner", ja="担当者"),
    "team": Text(en="Team (nobody yet)", ja="チーム（担当者は未定）"),
    "next_step": Text(en="Next step", ja="次回アクション"),
    "source": Text(en="Source", ja="流入元"),
    "campaign": Text(en="Campaign", ja="キャンペーン"),
    "stage": Text(en="Stage", ja="フェーズ"),
}


@require_POST
@page
def preview(request: HttpRequest) -> HttpResponse:
    """What is to be changed, and once that is said, what would happen to each."""
    actor, post = actor_of(request), request.POST
    ids = _ids(request)
    context: dict[str, Any] = {"ids": ids, "report": None, "error": None, "said": None}
    status = 200
    if post.get("kind"):
        try:
            change = _read_change(post)
            context["report"] = preview_bulk(actor=actor, journey_ids=ids, change=change)
            context["said"] = _say(change, read_choices(actor))
        except KyogyoError as error:
            context["error"], status = error.text, status_of(error)
    return _show(request, context, status=status)


@require_POST
@page
def apply(request: HttpRequest) -> HttpResponse:
    """Do it to every journey that lets it; the report says which do not, and why."""
    actor = actor_of(request)
    ids, change = _ids(request), _read_change(request.POST)
    report = apply_bulk(actor=actor, journey_ids=ids, change=change)
    done, refused = report.count("changes"), report.count("refused")
    said = Text(
        en=f"{done} changed, {refused} refused." if refused else f"{done} changed.",
        ja=f"{done}件を変更しました。{f'{refused}件は変更できませんでした。' if refused else ''}",
    )
    tell(
        request,
        said,
        kind="warning" if refused else "done",
        undo="/journeys/change/undo/" if report.batch else "",
        fields={"batch": str(report.batch)},
    )
    if not refused:
        return go(request, "/journeys/")
    context = {"ids": ids, "report": report, "error": None, "is_done": True}
    return _show(request, {**context, "said": _say(change, read_choices(actor))})


@require_POST
@page
def undo(request: HttpRequest) -> HttpResponse:
    """Take a change of many back."""
    batch = request.POST.get("batch", "")
    report = undo_bulk(actor=actor_of(request), batch=read_whole(batch) or 0)
    done, kept = report.count("changes"), report.count("refused")
    tell(
        request,
        Text(
            en=f"{done} put back."
            + (f" {kept} stay: changed again since, or not to be undone." if kept else ""),
            ja=f"{done}件を元に戻しました。"
            + (f"{kept}件は、その後の変更などのため元に戻していません。" if kept else ""),
        ),
        kind="warning" if kept else "done",
    )
    return go(request, "/journeys/")


def _show(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    model, choices = current().model, read_choices(actor_of(request))
    kept = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    return render(
        request,
        "journeys/change_many.html",
        {
            "kept": kept,
            "kinds": _KINDS,
            "choices": choices,
            "people_pairs": [(one.pk, str(one)) for one in choices.people],
            "team_pairs": [(one.pk, t(one.label_en, one.label_ja)) for one in choices.teams],
            "stage_pairs": [(one.code, say(one.label)) for one in model.stages],
            "reason_pairs": [(one.code, say(one.label)) for one in model.reasons],
            "choice_pairs": lambda one: [(code, say(label)) for code, label in choices_of(one)],
            "is_done": False,
            **context,
        },
        status=status,
    )


def _ids(request: HttpRequest) -> list[int]:
    """The journeys that were ticked, or all that the list's filter asks for."""
    post = request.POST
    if post.get("all"):
        ids = ids_of(actor=actor_of(request), asked=read_asked(_query_of(post)), most=MOST + 1)
        if len(ids) > MOST:
            raise RuleError(
                en=f"More than {MOST:,} journeys match; {MOST:,} at most are changed at once. Narrow the filter.",
                ja=f"条件に合う案件が{MOST:,}件を超えています。一度に変更できるのは{MOST:,}件までです。条件で絞り込んでください。",
            )
        return ids
    written = [*post.getlist("journey"), *post.get("ids", "").split(",")]
    read = (read_whole(one) for one in dict.fromkeys(written))
    return [one for one in read if one is not None]


def _query_of(post: QueryDict) -> QueryDict:
    return QueryDict(post.get("query", ""))


def _read_change(post: QueryDict) -> BulkChange:
    kind = post.get("kind", "")
    if kind in ("owner", "team"):
        chosen = post.get(kind, "")
        if (number := read_whole(chosen)) is None:
            raise _unsaid()
        return BulkChange(kind=kind, value=number)  # type: ignore[arg-type]  # one of the two
    if kind in ("source", "campaign"):
        return BulkChange(kind=kind, value=post.get(kind, "").strip())  # type: ignore[arg-type]  # one of the two
    if kind == "next_step":
        return BulkChange(
            kind="next_step",
            value=post.get("next_step", "").strip(),
            due_on=read_day(post, "due_on"),
        )
    if kind == "stage":
        if not post.get("stage"):
            raise _unsaid()
        return BulkChange(
            kind="stage",
            value=post["stage"],
            override_reason=post.get("override_reason", ""),
            reason=post.get("reason", ""),
            buyer_words=post.get("buyer_words", ""),
            our_view=post.get("our_view", ""),
            revisit_on=read_day(post, "revisit_on"),
        )
    if kind.startswith("field:"):
        return BulkChange(
            kind="field", field=kind.removeprefix("field:"), value=_read_fact(post, kind)
        )
    raise _unsaid()


def _read_fact(post: QueryDict, name: str) -> Any:
    """The value of a field of the company's own; None takes it out."""
    code = name.removeprefix("field:")
    field = next((one for one in journey_fields() if one.code == code), None)
    return None if field is None else read_fact(post, name, field)


def _unsaid() -> RuleError:
    return RuleError(
        en="It isn't said what to change. Choose what, and to what.",
        ja="変更する内容が選ばれていません。項目と変更後の値を選んでください。",
    )


def _say(change: BulkChange, choices: Choices) -> Text:
    """The change in words: what becomes what."""
    model = current().model
    what = _KINDS.get(change.kind, Text(en="", ja=""))
    value = Text(en=str(change.value or "–"), ja=str(change.value or "–"))
    if change.kind == "owner":
        name = next((str(one) for one in choices.people if one.pk == change.value), "?")
        value = Text(en=name, ja=name)
    elif change.kind == "team":
        team = next((one for one in choices.teams if one.pk == change.value), None)
        value = Text(en=team.label_en, ja=team.label_ja) if team else value
    elif change.kind == "stage":
        value = stage_label(model, change.value)
    elif change.kind == "next_step" and change.due_on:
        value = Text(
            en=f"{change.value}, by {change.due_on}", ja=f"{change.value}（{change.due_on}まで）"
        )
    elif change.kind == "field":
        field = next((one for one in choices.fields if one.code == change.field), None)
        if field is not None:
            what = Text(en=field.label_en, ja=field.label_ja)
            if field.kind == "choice" and change.value:
                value = choice_label(field, change.value)
            elif field.kind == "money" and change.value is not None:
                value = Text(
                    en=money(change.value, currency=model.currency, lang="en"),
                    ja=money(change.value, currency=model.currency, lang="ja"),
                )
    return Text(en=f"{what.en} → {value.en}", ja=f"{what.ja} → {value.ja}")
