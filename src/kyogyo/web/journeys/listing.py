"""The list of journeys: filters, columns, saved views and exports."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from kyogyo.errors import RuleError
from kyogyo.records.actions.bulk import MOST
from kyogyo.records.actions.export import Export, export_journeys
from kyogyo.records.actions.views import delete_view, save_view
from kyogyo.records.queries.choices import read_choices, views_for
from kyogyo.records.queries.columns import choices_of, chosen_columns, every_column
from kyogyo.records.queries.journey_filter import JourneyFilter, parse_filter
from kyogyo.records.queries.journeys import count_in_list, read_page
from kyogyo.records.queries.model import current
from kyogyo.web.formats import local, say, t
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.render import actor_of, go, lang_of, render
from kyogyo.words import Text

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse, QueryDict
    from django.http.response import HttpResponseBase

    from kyogyo.records.queries.choices import Choices
    from kyogyo.revenue_model import RevenueModel

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PAGE = "journeys"


@require_GET
@page
def journeys(request: HttpRequest) -> HttpResponse:
    """The journeys that the address narrows to, a page of them."""
    actor = actor_of(request)
    asked, codes = read_asked(request.GET), read_columns(request.GET)
    model, choices = current().model, read_choices(actor)
    every = every_column(model=model, fields=choices.fields)
    counted, has_more = count_in_list(actor=actor, asked=asked, model=model)
    mine, shared = views_for(actor, _PAGE)
    query = address_query(asked, codes)
    return render(
        request,
        "journeys/list.html",
        {
            "asked": asked,
            "page": read_page(
                actor=actor,
                asked=asked,
                after=request.GET.get("after", ""),
                before=request.GET.get("before", ""),
            ),
            "model": model,
            "choices": choices,
            "columns": chosen_columns(every, codes),
            "every_column": every,
            "codes": codes,
            "counted": counted,
            "has_more": has_more,
            "query": query,
            "sorts": {one.code: _sort_query(asked, codes, one.sort) for one in every if one.sort},
            "mine": mine,
            "shared": shared,
            "most": MOST,
            **form_values(asked, choices, model),
        },
        partial="rows",
    )


def form_values(asked: JourneyFilter, choices: Choices, model: RevenueModel) -> dict[str, Any]:
    """What the filter's form offers, as pairs of value and label in the language of the request."""
    some = [("me", t("Me", "自分")), ("none", t("Nobody yet", "担当者なし"))]
    teams = [("mine", t("My teams", "自分のチーム")), ("none", t("None", "チームなし"))]
    far = ("track", "source", "campaign", "segment", "next_step", "amount_from", "amount_to",
           "opened_from", "opened_to", "entered_from", "entered_to", "stalled", "handoff", "facts")  # fmt: skip
    return {
        "stage_pairs": [(one.code, say(one.label)) for one in model.stages],
        "track_pairs": [(one.code, say(one.label)) for one in model.tracks],
        "owner_pairs": [*some, *((one.pk, str(one)) for one in choices.people)],
        "team_pairs": [*teams, *((one.pk, t(one.label_en, one.label_ja)) for one in choices.teams)],
        "choice_pairs": lambda one: [(code, say(label)) for code, label in choices_of(one)],
        "pairs": lambda words: [(one, one) for one in words],
        "facts": {(code, end): value for code, end, value in asked.facts},
        "has_more_set": any(getattr(asked, name) for name in far),
    }


def read_asked(query: QueryDict) -> JourneyFilter:
    """The filter in an address or a form."""
    return parse_filter(dict(query.lists()))


def read_columns(query: QueryDict) -> tuple[str, ...]:
    """The codes of the columns that were chosen, none for the usual ones."""
    return tuple(code for one in query.getlist("column") for code in one.split(",") if code)


def address_query(asked: JourneyFilter, codes: tuple[str, ...]) -> str:
    """The query of the list's address: its filter, order and columns, without the place."""
    pairs = asked.pairs()
    return urlencode([*pairs, ("column", ",".join(codes))] if codes else pairs)


def _sort_query(asked: JourneyFilter, codes: tuple[str, ...], sort: str) -> str:
    """The address that orders by a column, or turns that order round."""
    # Names from A on; amounts and times from the largest and latest. A second press turns it round.
    first, second = (sort, f"-{sort}") if sort == "account" else (f"-{sort}", sort)
    return address_query(replace(asked, sort=second if asked.sort == first else first), codes)


@require_GET
@page
def export(request: HttpRequest) -> HttpResponseBase:
    """All the rows of the list as a file, as one may see them."""
    kind = "xlsx" if request.GET.get("kind") == "xlsx" else "csv"
    made = export_journeys(
        actor=actor_of(request),
        asked=read_asked(request.GET),
        columns=read_columns(request.GET),
        lang=lang_of(request),
        kind=kind,
    )
    name = f"kyogyo-journeys-{local(timezone.now()):%Y%m%d-%H%M}.{kind}"
    if kind == "xlsx":
        return FileResponse(_workbook(made), as_attachment=True, filename=name, content_type=_XLSX)
    response = StreamingHttpResponse(_lines(made), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(made: Export) -> Iterator[bytes]:
    """With a byte order mark: spreadsheets in Japan take a file without one for Shift_JIS."""
    yield b"\xef\xbb\xbf"
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(made.heads)
    for row in made.rows:
        writer.writerow(row)
        if held.tell() > 65_536:
            yield held.getvalue().encode()
            held.seek(0)
            held.truncate()
    yield held.getvalue().encode()


_MOST_ROWS = 1_048_575


def _workbook(made: Export) -> IO[bytes]:
    from openpyxl import Workbook  # noqa: PLC0415 -- slow import

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Kyogyo")
    sheet.freeze_panes = "C2"
    sheet.append(made.heads)
    for number, row in enumerate(made.rows):
        if number >= _MOST_ROWS:
            raise RuleError(
                en="There are more rows than an Excel sheet holds. Narrow the filter, or export as CSV.",
                ja="Excelのシートに入る行数を超えています。条件で絞り込むか、CSVで出力してください。",
            )
        sheet.append(row)
    held = tempfile.TemporaryFile()  # noqa: SIM115 -- the answer closes it when it is sent
    book.save(held)
    held.seek(0)
    return held


@require_POST
@page
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filter, order and columns of the list under a name."""
    query = request.POST.get("query", "")
    view = save_view(
        actor=actor_of(request),
        name=request.POST.get("name", ""),
        page=_PAGE,
        query=query,
        is_shared=bool(request.POST.get("is_shared")),
    )
    tell(request, Text(en=f"Saved as “{view.name}”.", ja=f"「{view.name}」として保存しました。"))
    return go(request, f"/journeys/?{query}")


@require_POST
@page
def forget(request: HttpRequest, view_id: int) -> HttpResponse:
    """Forget one of one's own views; it can be saved again at once."""
    actor = actor_of(request)
    mine, _ = views_for(actor, _PAGE)
    held = next((one for one in mine if one.pk == view_id), None)
    delete_view(actor=actor, view_id=view_id)
    if held:
        tell(
            request,
            Text(en=f"“{held.name}” was deleted.", ja=f"「{held.name}」を削除しました。"),
            undo="/journeys/views/",
            fields={
                "name": held.name,
                "query": held.query,
                "is_shared": "1" if held.is_shared else "",
            },
        )
    return go(request, "/journeys/")
