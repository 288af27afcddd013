"""People: who can sign in, in which teams, with which role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from kyogyo.errors import KyogyoError, RuleError
from kyogyo.records.actions.people import (
    add_membership,
    change_user,
    end_membership,
    make_user,
    note_factors_taken_off,
    note_password_link,
)
from kyogyo.records.queries.people import (
    ROLE_MEANS,
    ROLES,
    SIGHTS,
    memberships_of,
    people_for,
    person_for,
    team_tree,
)
from kyogyo.web.formats import say
from kyogyo.web.notices import tell
from kyogyo.web.pages import page
from kyogyo.web.paging import page_of
from kyogyo.web.render import actor_of, go, lang_of, render
from kyogyo.web.typed import typed
from kyogyo.words import Text, read_whole

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_KINDS = ("active", "off", "placeholder")


@require_http_methods(["GET", "POST"])
@page(for_admins=True)
def show_all(request: HttpRequest) -> HttpResponse:
    """The list; a POST adds somebody, with their first team."""
    problem = None
    if request.method == "POST":
        try:
            return _added(request)
        except KyogyoError as error:
            problem = error.text
    asked = request.GET
    kind = asked.get("kind", "active") if asked.get("kind") in _KINDS else "active"
    people = people_for(actor_of(request), words=asked.get("q", ""), kind=kind)
    values = {
        "listed": page_of(people, asked.get("page")),
        "kind": kind,
        "words": asked.get("q", ""),
        "query": urlencode({"q": asked.get("q", ""), "kind": kind}) + "&",
        "typed": typed(request.POST),
        "problem": problem,
        "lang_chosen": request.POST.get("lang") or lang_of(request),
        **_choices(),
    }
    return render(request, "settings/people.html", values, status=422 if problem else 200)


def _added(request: HttpRequest) -> HttpResponse:
    actor, sent = actor_of(request), request.POST
    user = make_user(
        actor=actor,
        email=sent.get("email", ""),
        name=sent.get("name", ""),
        lang=sent.get("lang", ""),
    )
    if sent.get("team"):
        add_membership(
            actor=actor,
            user_id=user.pk,
            team_id=_number(sent.get("team")),
            role=sent.get("role", ""),
        )
    tell(
        request,
        Text(
            en=f"{user.name} is added. Make a link, so that they can set a password.",
            ja=f"{user.name}さんを追加しました。パスワード設定用のリンクを発行してください。",
        ),
    )
    return go(request, f"/settings/people/{user.pk}/")


@require_http_methods(["GET", "POST"])
@page(for_admins=True)
def show(request: HttpRequest, user_id: int) -> HttpResponse:
    """One person; a POST changes who they are."""
    if request.method == "GET":
        return _person(request, user_id)
    sent = request.POST
    person_for(actor_of(request), user_id)
    try:
        change_user(
            actor=actor_of(request),
            user_id=user_id,
            name=sent.get("name", ""),
            email=sent.get("email", ""),
            is_active=sent.get("is_active") == "1",
        )
    except RuleError as error:
        return _person(request, user_id, problem=error.text, status=422)
    tell(request, Text(en="Saved.", ja="保存しました。"))
    return go(request, f"/settings/people/{user_id}/")


@require_POST
@page(for_admins=True)
def join(request: HttpRequest, user_id: int) -> HttpResponse:
    sent = request.POST
    person_for(actor_of(request), user_id)
    try:
        made = add_membership(
            actor=actor_of(request),
            user_id=user_id,
            team_id=_number(sent.get("team")),
            role=sent.get("role", ""),
            sight=sent.get("sight", ""),
        )
    except RuleError as error:
        return _person(request, user_id, problem=error.text, status=422)
    tell(
        request,
        Text(
            en=f"In {made.team.label_en} from now on.",
            ja=f"{made.team.label_ja}の所属になりました。",
        ),
        undo=f"/settings/people/{user_id}/leave/",
        fields={"membership": str(made.pk)},
    )
    return go(request, f"/settings/people/{user_id}/")


@require_POST
@page(for_admins=True)
def leave(request: HttpRequest, user_id: int) -> HttpResponse:
    try:
        ended = end_membership(
            actor=actor_of(request), membership_id=_number(request.POST.get("membership"))
        )
    except RuleError as error:
        return _person(request, user_id, problem=error.text, status=422)
    tell(
        request,
        Text(
            en=f"No longer in {ended.team.label_en}.",
            ja=f"{ended.team.label_ja}の所属を終了しました。",
        ),
        undo=f"/settings/people/{user_id}/join/",
        fields={"team": str(ended.team_id), "role": ended.role, "sight": ended.sight},
    )
    return go(request, f"/settings/people/{user_id}/")


@require_POST
@page(for_admins=True)
def make_link(request: HttpRequest, user_id: int) -> HttpResponse:
    """A link with which the person sets a password. Shown in this answer only; it works once, for three days."""
    user = note_password_link(actor=actor_of(request), user_id=user_id)
    key = default_token_generator.make_token(user)
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": key},
    )
    response = _person(request, user_id, link=request.build_absolute_uri(path))
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@page(for_admins=True)
def take_factors_off(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let somebody in by password alone who lost phone and recovery codes; whoever has them now is out."""
    with transaction.atomic():
        user = note_factors_taken_off(actor=actor_of(request), user_id=user_id)
        Authenticator.objects.filter(user=user).delete()
        for session in UserSession.objects.filter(user=user):
            session.end()
    tell(
        request,
        Text(
            en=f"{user.name} signs in by password alone now, and is signed out everywhere. Ask them to set up a new second factor.",
            ja=f"{user.name}さんの二段階認証を解除し、すべての端末からログアウトしました。次回はパスワードだけでログインできます。新しい二段階認証の設定を依頼してください。",
        ),
    )
    return go(request, f"/settings/people/{user_id}/")


def _person(
    request: HttpRequest,
    user_id: int,
    *,
    problem: Text | None = None,
    link: str = "",
    status: int = 200,
) -> HttpResponse:
    person = person_for(actor_of(request), user_id)
    rows = memberships_of(person)
    values = {
        "person": person,
        "memberships": [row for row in rows if row.until is None],
        "past": [row for row in rows if row.until is not None],
        "typed": typed(request.POST if problem else {}),
        "problem": problem,
        "link": link,
        "has_second_factor": is_mfa_enabled(person),
        "is_me": person == actor_of(request).user,
        **_choices(),
    }
    return render(request, "settings/person.html", values, status=status)


def _choices() -> dict[str, Any]:
    teams = [
        (row.team.pk, "　" * row.depth + say(Text(row.team.label_en, row.team.label_ja)))
        for row in team_tree()
    ]
    return {
        "teams": teams,
        "roles": [(code, say(label)) for code, label in ROLES.items()],
        "role_labels": ROLES,
        "role_means": ROLE_MEANS,
        "sights": [(code, say(label)) for code, label in SIGHTS.items()],
        "sight_labels": SIGHTS,
    }


def _number(text: str | None) -> int:
    number = read_whole(text or "")
    if number is None:
        raise RuleError(en="Choose a team from the list.", ja="一覧からチームを選んでください。")
    return number
