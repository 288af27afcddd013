"""Finding accounts, people and journeys by any part of a name; and rows that may be the same company."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL

from kyogyo.records.access import Actor, accounts_for, journeys_for
from kyogyo.records.models import Account, Journey, Person
from kyogyo.records.search_text import EXACT, bare_domain, name_key, query_phrases

Noun = Literal["account", "person", "journey"]
SHOWN = 20
_LONGEST = 100
# The words asked for are parameters. On PostgreSQL the index finds rows with all the pairs, and the
# pairs' order is looked at in those alone.
_IN_SQLITE: dict[Noun, str] = {
    "account": "SELECT rowid FROM records_account_words WHERE records_account_words MATCH %s",
    "person": "SELECT rowid FROM records_person_words WHERE records_person_words MATCH %s",
    "journey": "SELECT rowid FROM records_journey_words WHERE records_journey_words MATCH %s",
}
_IN_POSTGRES: dict[Noun, str] = {
    "account": "SELECT id FROM records_account WHERE"
    " array_to_tsvector(string_to_array(search, ' ')) @@ %s::tsquery"
    " AND ' ' || search LIKE ALL (%s::text[])",
    "person": "SELECT id FROM records_person WHERE"
    " array_to_tsvector(string_to_array(search, ' ')) @@ %s::tsquery"
    " AND ' ' || search LIKE ALL (%s::text[])",
    "journey": "SELECT id FROM records_journey WHERE"
    " array_to_tsvector(string_to_array(search, ' ')) @@ %s::tsquery"
    " AND ' ' || search LIKE ALL (%s::text[])",
}


@dataclass(frozen=True)
class Found:
    """What one may see of what was asked for. `has_more_*`: only the first are shown."""

    query: str
    accounts: tuple[Account, ...] = ()
    people: tuple[Person, ...] = ()
    journeys: tuple[Journey, ...] = ()
    has_more_accounts: bool = False
    has_more_people: bool = False
    has_more_journeys: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.accounts or self.people or self.journeys)


def search(*, actor: Actor, query: str, shown: int = SHOWN) -> Found:
    """Accounts, people, and the journeys of both, that hold every word of `query`; whole names first."""
    query = query.strip()[:_LONGEST]
    if not query_phrases(query):
        return Found(query=query)
    accounts = _accounts(actor, query, shown=shown + 1)
    people = list(
        Person.objects.filter(pk__in=matching_ids("person", query), erased_at=None)
        .filter(account__in=accounts_for(actor))
        .select_related("account")
        .order_by("id")[: shown + 1]
    )
    journeys = list(
        journeys_for(actor)
        .filter(
            Q(account__in=[one.pk for one in accounts])
            | Q(person__in=[one.pk for one in people])
            | Q(pk__in=matching_ids("journey", query))
        )
        .select_related("account", "owner")
        .order_by("-opened_at", "-id")[: shown + 1]
    )
    return Found(
        query=query,
        accounts=tuple(accounts[:shown]),
        people=tuple(people[:shown]),
        journeys=tuple(journeys[:shown]),
        has_more_accounts=len(accounts) > shown,
        has_more_people=len(people) > shown,
        has_more_journeys=len(journeys) > shown,
    )


def _accounts(actor: Actor, query: str, *, shown: int) -> list[Account]:
    """Whole names first: a common word has more hits than are shown, and the company itself must be among them."""
    seen = accounts_for(actor)
    whole = list(
        seen.filter(pk__in=whole_name_ids("account", (query,))).order_by("name", "id")[:shown]
    )
    rest = (
        seen.filter(pk__in=matching_ids("account", query))
        .exclude(pk__in=[one.pk for one in whole])
        .order_by("id")  # by name, a word of a third of all companies would be sorted first
    )
    return whole + list(rest[: shown - len(whole)])


def matching_ids(noun: Noun, query: str) -> RawSQL:
    """The ids of rows whose `search` has every word of `query`, for `filter(pk__in=...)`."""
    phrases = query_phrases(query[:_LONGEST])
    if connection.vendor == "sqlite":
        # A phrase in quotes is a run of words; a star after one lone character takes its pairs too.
        asked = " AND ".join(
            f'"{" ".join(run)}"' + ("*" if len(run[0]) == 1 else "") for run in phrases
        )
        return RawSQL(_IN_SQLITE[noun], [asked or '""'])  # noqa: S611 -- constant text
    words = " & ".join(
        f"'{word}'" + (":*" if len(word) == 1 else "")
        for run in phrases
        for word in dict.fromkeys(run)
    )
    likes = [f"% {' '.join(run)}%" for run in phrases]
    return RawSQL(_IN_POSTGRES[noun], [words, likes])  # noqa: S611 -- constant text


def whole_name_ids(noun: Noun, names: tuple[str, ...]) -> RawSQL:
    """The ids of rows known by one of `names` as a whole, however it is written."""
    keys = list(dict.fromkeys(key[:300] for key in map(name_key, names) if key))
    if connection.vendor == "sqlite":
        asked = " OR ".join(f'"{EXACT}{key}"' for key in keys)
        return RawSQL(_IN_SQLITE[noun], [asked or '""'])  # noqa: S611 -- constant text
    words = " | ".join(f"'{EXACT}{key}'" for key in keys)
    return RawSQL(_IN_POSTGRES[noun], [words, []])  # noqa: S611 -- constant text


@dataclass(frozen=True)
class Duplicate:
    """An account that may be the same company: by which names, and whether one may see it."""

    account: Account
    by: tuple[Literal["name", "domain", "email"], ...]
    is_visible: bool


def likely_duplicates(
    *, actor: Actor, name: str, domain: str = "", email: str = "", shown: int = 5
) -> tuple[Duplicate, ...]:
    """Accounts with the same name (without legal form and way of writing), domain or e-mail domain.

    Accounts of others are among them: who makes one twice must learn that it is there. Of those
    nothing but the name is told.
    """
    domain = bare_domain(domain)
    mail_domain = "" if _is_free_mail(email) else bare_domain(email.rpartition("@")[2])
    names = tuple(one for one in (name, domain, mail_domain) if one.strip())
    if not names:
        return ()
    same_mail = Person.objects.filter(account=OuterRef("pk"), email__iexact=email.strip())
    query = Account.objects.filter(merged_into=None)
    asked = Q(pk__in=whole_name_ids("account", names))
    if email.strip():
        holders = Person.objects.filter(pk__in=whole_name_ids("person", (email,)))
        asked |= Q(pk__in=holders.values("account"))
    visible = accounts_for(actor).filter(pk=OuterRef("pk"))
    found = query.filter(asked).annotate(
        is_visible=Exists(visible), has_same_email=Exists(same_mail)
    )
    return tuple(
        Duplicate(
            account=one,
            by=tuple(_reasons(one, name=name, domains={domain, mail_domain} - {""})),
            is_visible=one.is_visible,
        )
        for one in found.order_by("id")[:shown]
    )


def _reasons(
    account: Account, *, name: str, domains: set[str]
) -> list[Literal["name", "domain", "email"]]:
    found: list[Literal["name", "domain", "email"]] = []
    key = name_key(name)
    if key and key in (name_key(account.name), name_key(account.kana)):
        found.append("name")
    if account.domain and bare_domain(account.domain) in domains:
        found.append("domain")
    if account.has_same_email:  # type: ignore[attr-defined]  # annotated above
        found.append("email")
    return found


def _is_free_mail(email: str) -> bool:
    return bare_domain(email.rpartition("@")[2]) in _FREE_MAIL


_FREE_MAIL = frozenset(
    {"gmail.com", "yahoo.co.jp", "yahoo.com", "outlook.com", "outlook.jp", "hotmail.com",
     "icloud.com", "me.com", "docomo.ne.jp", "ezweb.ne.jp", "au.com", "softbank.ne.jp",
     "i.softbank.jp", "nifty.com", "ocn.ne.jp", "biglobe.ne.jp", "so-net.ne.jp", "live.jp"}
)  # fmt: skip
