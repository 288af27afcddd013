"""A model small enough to read, and ways to break it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kyogyo.errors import ModelError
from kyogyo.revenue_model import parse_model
from kyogyo.words import Text

SMALL = """\
name = "Acme"
currency = "JPY"
time_zone = "Asia/Tokyo"

[[departments]]
code = "marketing"
label = { en = "Marketing", ja = "マーケティング" }

[[departments]]
code = "sales"
label = { en = "Sales", ja = "営業" }

[[tracks]]
code = "new"
label = { en = "New", ja = "新規" }
stages = ["lead", "meeting", "won"]
exits = ["lost", "later"]

[[stages]]
code = "lead"
label = { en = "Lead", ja = "リード" }
department = "marketing"
expected_days = 7

[[stages]]
code = "meeting"
label = { en = "Meeting", ja = "商談" }
department = "sales"

[[stages]]
code = "won"
label = { en = "Won", ja = "受注" }
department = "sales"
type = "won"

[[stages]]
code = "lost"
label = { en = "Lost", ja = "失注" }
department = "sales"
type = "lost"

[[stages]]
code = "later"
label = { en = "Later", ja = "還流" }
department = "marketing"
type = "recycled"

[[reasons]]
code = "no_need"
label = { en = "No need", ja = "ニーズなし" }
kind = "handoff_return"

[[reasons]]
code = "price"
label = { en = "Price", ja = "価格" }
kind = "lost"

[[questions]]
code = "budget"
label = { en = "Budget", ja = "予算" }

[[handoffs]]
code = "to_sales"
label = { en = "To sales", ja = "営業へ" }
giver = "marketing"
receiver = "sales"
from_stage = "lead"
to_stage = "meeting"
questions = ["budget"]
returns = ["no_need"]

[[handoffs.clocks]]
code = "accept"
label = { en = "Accept", ja = "受け入れ" }
hours = 8
owner = "sales"

[[channels]]
code = "back"
label = { en = "Back", ja = "逆の流れ" }
giver = "sales"
receiver = "marketing"
types = ["Gap"]
due_days = 5

[[metrics]]
code = "revenue"
label = { en = "Revenue", ja = "売上" }
department = "sales"
owner = "Sato"
guard = "meeting_rate"
unit = "money"

[[metrics]]
code = "meeting_rate"
label = { en = "Meeting rate", ja = "商談化率" }
department = "marketing"
parent = "revenue"
stage_from = "lead"
stage_to = "meeting"
unit = "share"

[[goals]]
code = "together"
label = { en = "Together", ja = "ともに" }
departments = ["marketing", "sales"]
metric = "revenue"

[[values]]
code = "facts"
label = { en = "Facts", ja = "事実" }
behaviours = ["Quotes the record"]

[bottleneck]
value_stage = "won"
"""

Change = tuple[str, str]


@pytest.fixture
def small() -> Callable[..., str]:
    """The text of the small model after `changes` (old, new), each in the first place it fits."""

    def make(*changes: Change, more: str = "") -> str:
        text = SMALL
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        return text + more

    return make


@pytest.fixture
def refusal(small: Callable[..., str]) -> Callable[..., Text]:
    """What is said about the small model after `changes`."""

    def told(*changes: Change, more: str = "") -> Text:
        with pytest.raises(ModelError) as caught:
            parse_model(small(*changes, more=more), name="acme.toml")
        return caught.value.text

    return told
