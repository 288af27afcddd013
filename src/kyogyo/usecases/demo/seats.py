"""Who works at the demo company: teams, jobs and log-ins. Needs no database."""

from __future__ import annotations

from dataclasses import dataclass

from kyogyo.words import Text

PASSWORD = "kyogyo-demo"  # noqa: S105 -- printed on purpose: the demo listens on this machine only


_DOMAIN = "aozora.example"


@dataclass(frozen=True, slots=True)
class DemoTeam:
    """A team; `department` is a code of the default model."""

    code: str
    label: Text
    department: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Seat:
    """A job in the demo company. `department`: somebody who did it in the simulated history holds it."""

    code: str
    label: Text
    team: str
    role: str = "member"
    department: str = ""

    @property
    def is_first(self) -> bool:
        """Whether this is the first seat with such a job: the one to sign in as."""
        return not self.code[-1].isdigit()


TEAMS = (
    DemoTeam("company", Text("Aozora Works", "あおぞらワークス")),
    DemoTeam("marketing", Text("Marketing", "マーケティング部"), "marketing", "company"),
    DemoTeam("revenue", Text("Revenue", "営業本部"), "", "company"),
    DemoTeam("inside_sales", Text("Inside sales", "インサイドセールス課"), "inside_sales", "revenue"),
    DemoTeam("field_sales", Text("Field sales", "フィールドセールス部"), "field_sales", "revenue"),
    DemoTeam("field_1", Text("Field sales team 1", "フィールドセールス1課"), "field_sales", "field_sales"),
    DemoTeam("field_2", Text("Field sales team 2", "フィールドセールス2課"), "field_sales", "field_sales"),
    DemoTeam("field_3", Text("Field sales team 3", "フィールドセールス3課"), "field_sales", "field_sales"),
    DemoTeam("field_4", Text("Field sales team 4", "フィールドセールス4課"), "field_sales", "field_sales"),
    DemoTeam("customer_success", Text("Customer success", "カスタマーサクセス課"), "customer_success", "revenue"),
    DemoTeam("full_cycle", Text("Full-cycle sales", "フルサイクル営業課"), "", "revenue"),
)  # fmt: skip
_MARKETER = Text("Marketer", "マーケティング担当")
_INSIDE = Text("Inside sales", "インサイドセールス担当")
_FIELD = Text("Field sales", "フィールドセールス担当")
_SUCCESS = Text("Customer success", "カスタマーサクセス担当")
SEATS = (
    Seat("marketer", _MARKETER, "marketing", department="marketing"),
    Seat("inside", _INSIDE, "inside_sales", department="inside_sales"),
    Seat("field", _FIELD, "field_1", department="field_sales"),
    Seat("success", _SUCCESS, "customer_success", department="customer_success"),
    Seat("manager", Text("Sales manager", "営業本部長"), "revenue", role="manager"),
    Seat("revops", Text("RevOps", "RevOps 担当"), "company", role="revops"),
    Seat("ceo", Text("CEO", "社長"), "company", role="viewer"),
    Seat("admin", Text("Administrator", "システム管理者"), "company", role="admin"),
    Seat("marketer2", _MARKETER, "marketing", department="marketing"),
    Seat("inside2", _INSIDE, "inside_sales", department="inside_sales"),
    Seat("inside3", _INSIDE, "inside_sales", department="inside_sales"),
    Seat("field2", _FIELD, "field_1", department="field_sales"),
    Seat("field3", _FIELD, "field_1", department="field_sales"),
    Seat("success2", _SUCCESS, "customer_success", department="customer_success"),
)


def email_of(seat: str) -> str:
    """The address with which a seat signs in."""
    return f"{seat}@{_DOMAIN}"


def job_of(email: str) -> Text | None:
    """What somebody of the demo company does; None for who has no seat in it."""
    code, _, domain = email.partition("@")
    found = next((seat for seat in SEATS if seat.code == code), None)
    return found.label if found and domain == _DOMAIN else None
