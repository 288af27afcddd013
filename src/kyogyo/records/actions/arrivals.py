"""A company that arrives: its account, somebody there, and the journey, as one act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kyogyo.errors import RuleError
from kyogyo.records.actions.accounts import add_person, make_account
from kyogyo.records.actions.journeys import open_journey
from kyogyo.records.queries.search import likely_duplicates
from kyogyo.words import Text

if TYPE_CHECKING:
    from kyogyo.records.access import Actor
    from kyogyo.records.models import Journey
    from kyogyo.records.queries.search import Duplicate


@dataclass(frozen=True)
class NewCompany:
    """What is known of a company and of somebody there; only its name is needed."""

    name: str
    kana: str = ""
    domain: str = ""
    segment: str = ""
    person: str = ""
    email: str = ""
    phone: str = ""


class MayBeHere(RuleError):
    """The company may be here already: look at `twins` before it is made a second time."""

    def __init__(self, twins: tuple[Duplicate, ...]) -> None:
        text = Text(
            en="This company may be here already. Look at those below; open the journey on one of them, or say that it is another company.",
            ja="この会社はすでに登録されている可能性があります。下の候補を確認し、同じ会社ならその取引先で作成するか、別の会社であることを選んでください。",
        )
        super().__init__(en=text.en, ja=text.ja)
        self.twins = twins


@transaction.atomic
def receive_company(
    *,
    actor: Actor,
    company: NewCompany,
    track: str,
    is_another: bool = False,
    amount: int | None = None,
    title: str = "",
    source: str = "",
    campaign: str = "",
    owner_id: int | None = None,
    now: datetime | None = None,
) -> Journey:
    """Make the account, the person if one is named, and open the journey.

    Raises MayBeHere when the name, the domain or the e-mail is that of an account that is there,
    unless `is_another` says that somebody looked.
    """
    twins = likely_duplicates(
        actor=actor, name=company.name, domain=company.domain, email=company.email
    )
    if twins and not is_another:
        raise MayBeHere(twins)
    account = make_account(
        actor=actor, name=company.name, kana=company.kana, domain=company.domain,
        segment=company.segment, now=now,
    )  # fmt: skip
    person = None
    if company.person or company.email:
        person = add_person(
            actor=actor, account_id=account.pk, name=company.person or company.email,
            email=company.email, phone=company.phone, now=now,
        )  # fmt: skip
    return open_journey(
        actor=actor, account_id=account.pk, track=track, amount=amount, title=title, source=source,
        campaign=campaign, owner_id=owner_id, person_id=person.pk if person else None, now=now,
    )  # fmt: skip
