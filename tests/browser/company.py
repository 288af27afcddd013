"""The small company twice over, once for each language, in a database of its own.

`main` fills the folder KYOGYO_HOME, brings its measuring copy up to date, and prints as JSON the
session of each person and the ids of what the tests work on. With the word `empty` there are the
people and nothing else, with `new` only the tables. It is run in a process of its own.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from kyogyo.records.access import SYSTEM, Actor
from kyogyo.records.actions import (
    alerts,
    claims,
    countermeasures,
    imports,
    journeys,
    offers,
    registration,
    reviews,
    stages,
)
from kyogyo.records.models import Journey, Membership, User
from kyogyo.records.search_text import search_text
from kyogyo.usecases.copy_records import copy_records
from kyogyo.words import Text
from tests.browser.conftest import PASSWORD
from tests.records.people import (
    PEOPLE,
    Company,
    add_colleagues,
    make_account,
    make_company,
    make_journey,
)

NAMES = {
    "marketer": "牧野 麻衣", "inside": "井上 一郎", "field": "藤田 文", "success": "佐久間 空",
    "manager": "真鍋 学", "revops": "蓮見 蓮", "admin": "青木 亜紀", "viewer": "美川 美々", "outsider": "外山 音",
}  # fmt: skip
TOLD = {
    "en": {"needs": "Fewer orders typed by hand", "current_state": "Spreadsheets", "deal_size": "1,200,000",
           "budget": "Secured", "authority": "Ms Sato, head of sales", "timeframe": "2027-03-31", "next_step": "Demo with the team"},
    "ja": {"needs": "受注入力の手作業を減らしたい", "current_state": "表計算で管理", "deal_size": "1,200,000",
           "budget": "確保済み", "authority": "営業部長 佐藤様", "timeframe": "2027-03-31", "next_step": "現場チームへのデモ"},
}  # fmt: skip


class Filling:
    """What one language's people have on their desks."""

    def __init__(self, company: Company, lang: str, now: datetime) -> None:
        self.company, self.lang, self.now = company, lang, now
        self.today = now.astimezone(ZoneInfo("Asia/Tokyo")).date()
        self.found: dict[str, int] = {}

    def who(self, name: str) -> str:
        return name if self.lang == "en" else f"{name}-ja"

    def journey(self, key: str, *, stage: str, owner: str, days: int = 1, **more: Any) -> int:
        account = make_account(name=more.pop("account", f"{key.capitalize()} {self.lang}"))
        made = make_journey(
            self.company, stage=stage, owner=self.who(owner), account=account,
            at=self.now - timedelta(days=days), **more,
        )  # fmt: skip
        self.found[key] = made.pk
        return made.pk

    def meeting(self, key: str, *, days: int) -> tuple[int, Actor]:
        """A meeting that inside sales set with every answer, offered to field sales `days` ago."""
        at, inside = self.now - timedelta(days=days), self.company.actor(self.who("inside"))
        pk = self.journey(key, stage="meeting_set", owner="inside", days=days + 2, amount=1_200_000)
        for question, answer in TOLD[self.lang].items():
            claims.answer_question(
                actor=inside, journey_id=pk, question=question, answer=answer, now=at
            )
        journeys.plan_next_step(actor=inside, journey_id=pk, text="Demo", due_on=self.today, now=at)
        made = offers.offer_handoff(
            actor=inside, journey_id=pk, why_now="The contract ends in June", now=at,
            receiver_user_id=self.company.users[self.who("field")].pk,
        )  # fmt: skip
        self.found[f"{key}_handoff"] = made.pk
        return pk, inside

    def was_held(self, pk: int, inside: Actor, *, days: int) -> None:
        """The meeting took place `days` ago: field sales' clock runs from then."""
        at = self.now - timedelta(days=days)
        journeys.log_activity(actor=inside, journey_id=pk, kind="meeting", is_two_way=True, now=at)
        stages.check_criterion(
            actor=inside, journey_id=pk, criterion="meeting_held", evidence="Minutes", now=at
        )
        stages.enter_stage(actor=inside, journey_id=pk, stage="pending_acceptance", now=at)

    def lead(self, key: str) -> None:
        """An MQL that marketing offered to inside sales an hour ago."""
        marketer = self.company.actor(self.who("marketer"))
        pk = self.journey(key, stage="mql", owner="marketer")
        at = self.now - timedelta(hours=1)
        claims.answer_question(
            actor=marketer, journey_id=pk, question="needs", is_unknown=True, now=at
        )
        made = offers.offer_handoff(
            actor=marketer, journey_id=pk, why_now="Asked for a demo", now=at,
            receiver_user_id=self.company.users[self.who("inside")].pk,
        )  # fmt: skip
        self.found[f"{key}_handoff"] = made.pk

    def planned(self, key: str, *, days: int, text: str) -> None:
        """A journey in conversation whose next step is `days` from now."""
        pk = self.journey(key, stage="qualifying", owner="inside", days=3)
        journeys.plan_next_step(
            actor=self.company.actor(self.who("inside")), journey_id=pk, text=text,
            due_on=self.today + timedelta(days=days), now=self.now - timedelta(days=2),
        )  # fmt: skip

    def everything(self) -> dict[str, int]:
        self.was_held(*self.meeting("overdue", days=10), days=9)
        self.meeting("returnable", days=1)
        self.meeting("reportable", days=1)
        self.journey("offerable", stage="meeting_set", owner="inside", amount=900_000)
        self.lead("taken")
        self.lead("refused")
        self.lead("plain_taken")
        self.planned("done", days=-2, text="Call back")
        self.planned("later", days=0, text="Send the recap")
        for key in ("drag", "keys", "plain"):
            self.journey(key, stage="lead", owner="marketer")
        self.journey("talk", stage="qualifying", owner="inside")
        for number in range(3):
            self.journey(f"bulk{number}", stage="lead", owner="manager", source=f"Fair {self.lang}")
        ended = self.journey("ended", stage="discovery", owner="field", amount=900_000)
        stages.lose(
            actor=self.company.actor(self.who("field")), journey_id=ended, reason="lost_price",
            buyer_words="Too dear", our_view="No champion",
        )  # fmt: skip
        back = self.journey("revisit", stage="working", owner="inside", days=5)
        stages.recycle(
            actor=self.company.actor(self.who("inside")), journey_id=back, reason="bad_timing",
            revisit_on=self.today, now=self.now - timedelta(days=1),
        )  # fmt: skip
        self.journey("customer", stage="adopted", owner="success", days=40, amount=2_400_000)
        journeys.log_activity(
            actor=self.company.actor(self.who("inside")), journey_id=self.found["talk"], kind="call",
            words="They answered", is_two_way=True,
        )  # fmt: skip
        self.twins()
        self.improving()
        begun = imports.begin_import(actor=self.company.actor("admin"), label=f"{self.lang}.csv")
        self.found["import"] = begun.pk
        return self.found

    def improving(self) -> None:
        """A countermeasure that runs, one that ended, an alert, and a review that is open. Each language has a track."""
        track, node = ("new_business", "conversion:mql") if self.lang == "en" else ("full_cycle", "conversion:working")  # fmt: skip
        add_colleagues(self.company, "inside")
        team, owner = self.company.teams["inside"].pk, self.company.users[self.who("inside")].pk
        said = registration.Registration(
            title="Recap within a day", hypothesis="Who reads what was said comes back.", track=track,
            node=node, reason="conversion", owner_id=owner,
            steps=(registration.Step("Send the recap", "The mail is there", is_critical=True),),
            starts=(registration.Start(team, self.today - timedelta(days=20)),),
            baseline_from=self.today - timedelta(days=200), review_on=self.today + timedelta(days=40),
            design={"smallest_p": 0.1, "expected_change": 0.2}, expected=1_200_000,
        )  # fmt: skip
        leader = self.company.actor("manager")
        made = countermeasures.register_countermeasure(actor=leader, said=said)
        old = countermeasures.register_countermeasure(
            actor=leader, said=replace(said, reason="delay")
        )
        countermeasures.review_countermeasure(
            actor=leader, countermeasure_id=old.pk, decision="keep", words="It helped",
            verdict={"verdict": "supported", "fidelity": 0.9, "gain": [900_000, 100_000, None]},
        )  # fmt: skip
        noticed = alerts.Noticed(
            key=f"{track}/{node}", kind="shift", track=track, node=node, department="inside_sales",
            since=self.today - timedelta(days=60), says=Text(en="It fell", ja="下がりました"),
        )  # fmt: skip
        (alert,) = alerts.raise_alerts(actor=SYSTEM, noticed=[noticed])
        point = reviews.Point("alert", f"alert:{alert.pk}", Text(en="It fell", ja="下がりました"))
        review = reviews.open_review(actor=leader, track=track, points=[point], as_of=self.now)
        self.found |= {"countermeasure": made.pk, "alert": alert.pk, "review": review.pk}

    def twins(self) -> None:
        """A company that is here twice, with a person, each with a journey."""
        for key, name in (("account", "株式会社東芝"), ("twin", "㈱東芝")):
            pk = self.journey(
                f"{key}_journey", stage="lead", owner="manager", account=f"{name} {self.lang}"
            )
            account = Journey.objects.get(pk=pk).account
            account.search = search_text(account.name)
            account.save()
            self.found[key] = account.pk


def double(company: Company) -> None:
    """Everybody once more, in Japanese, and a password for all."""

    for name, _, team, role in PEOPLE:
        user = User.objects.create(email=f"{name}-ja@example.com", name=NAMES[name], lang="ja")
        company.users[f"{name}-ja"] = user
        if team:
            Membership.objects.create(user=user, team=company.teams[team], role=role)
    User.objects.update(password=make_password(PASSWORD))
    for user in company.users.values():
        user.refresh_from_db()


def main() -> None:
    """Fill the database, as told by the words of the command."""

    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
    if "new" in sys.argv:
        sys.stdout.write(json.dumps({"cookie": settings.SESSION_COOKIE_NAME}))
        return

    company = make_company()
    double(company)
    found: dict[str, dict[str, int]] = {}
    if "empty" not in sys.argv:
        for lang in ("en", "ja"):
            found[lang] = Filling(company, lang, timezone.now()).everything()
    sessions = {}
    for name, user in company.users.items():
        browser = Client()
        browser.force_login(user)
        sessions[name] = browser.cookies[settings.SESSION_COOKIE_NAME].value
    copy_records()
    told = {"cookie": settings.SESSION_COOKIE_NAME, "sessions": sessions, "found": found}
    sys.stdout.write(json.dumps(told))
