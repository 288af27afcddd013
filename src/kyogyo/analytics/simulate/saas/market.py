"""Who buys: sources and segments, regions and rivals, seasons and growth. Choices, as in `profile`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kyogyo.words import Text

Arrival = Literal["anytime", "webinar", "event", "working"]


@dataclass(frozen=True, slots=True)
class SourceProfile:
    """Where leads come from. Shares are of all leads, in the first and in the last month.

    `segments` are the shares of the three segments; `at_once` is the share of leads that raise
    their hand and qualify within minutes; `price` multiplies what they pay.
    """

    code: str
    label: Text
    share: tuple[float, float]
    arrival: Arrival
    segments: tuple[float, float, float]
    at_once: float
    price: float
    campaigns: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class SegmentProfile:
    """A size of customer. `price` is the median of what one pays a year, in yen."""

    code: str
    label: Text
    price: float
    spread: float
    pace: float
    monthly_churn: float
    annual_contract: bool
    monthly_expansion: float


SEGMENTS = (
    SegmentProfile(
        code="smb",
        label=Text("SMB", "SMB"),
        price=1_100_000,
        spread=0.45,
        pace=0.65,
        monthly_churn=0.014,
        annual_contract=False,
        monthly_expansion=0.012,
    ),
    SegmentProfile(
        code="mid",
        label=Text("Mid-market", "中堅"),
        price=3_200_000,
        spread=0.5,
        pace=1.0,
        monthly_churn=0.008,
        annual_contract=True,
        monthly_expansion=0.016,
    ),
    SegmentProfile(
        code="ent",
        label=Text("Enterprise", "大手"),
        price=9_500_000,
        spread=0.6,
        pace=1.55,
        monthly_churn=0.004,
        annual_contract=True,
        monthly_expansion=0.02,
    ),
)

SOURCES = (
    SourceProfile(
        code="web",
        label=Text("Web", "Web"),
        share=(0.38, 0.35),
        arrival="anytime",
        segments=(0.62, 0.28, 0.10),
        at_once=0.45,
        price=1.0,
        campaigns=(
            Text("Request for information", "資料請求"),
            Text("Contact form", "問い合わせフォーム"),
            Text("Comparison site", "比較サイト"),
            Text("Search advertising", "検索広告"),
        ),
    ),
    SourceProfile(
        code="webinar",
        label=Text("Webinar", "ウェビナー"),
        share=(0.16, 0.24),
        arrival="webinar",
        segments=(0.50, 0.36, 0.14),
        at_once=0.08,
        price=1.0,
        campaigns=(Text("Webinar", "ウェビナー"),),
    ),
    SourceProfile(
        code="event",
        label=Text("Trade show", "展示会"),
        share=(0.18, 0.12),
        arrival="event",
        segments=(0.42, 0.38, 0.20),
        at_once=0.0,
        price=1.0,
        campaigns=(Text("Trade show", "展示会"),),
    ),
    SourceProfile(
        code="referral",
        label=Text("Referral", "紹介"),
        share=(0.06, 0.06),
        arrival="working",
        segments=(0.40, 0.38, 0.22),
        at_once=0.6,
        price=1.08,
        campaigns=(
            Text("Customer referral", "顧客からの紹介"),
            Text("Employee referral", "社員からの紹介"),
        ),
    ),
    SourceProfile(
        code="outbound",
        label=Text("Outbound", "アウトバウンド"),
        share=(0.15, 0.16),
        arrival="working",
        segments=(0.20, 0.46, 0.34),
        at_once=0.0,
        price=1.05,
        campaigns=(
            Text("Target list calls", "ターゲットリスト架電"),
            Text("Letters to executives", "役員宛レター"),
        ),
    ),
    SourceProfile(
        code="partner",
        label=Text("Partner", "パートナー"),
        share=(0.07, 0.07),
        arrival="working",
        segments=(0.45, 0.38, 0.17),
        at_once=0.5,
        price=0.92,
        campaigns=(
            Text("System integrator", "SIer"),
            Text("Reseller", "販売代理店"),
            Text("Accounting firm", "会計事務所"),
        ),
    ),
)

REGIONS = (
    (Text("Kanto", "関東"), 0.46),
    (Text("Kansai", "関西"), 0.24),
    (Text("Chubu", "中部"), 0.14),
    (Text("Tohoku and Hokkaido", "東北・北海道"), 0.08),
)
# The rest: a branch that was too small to divide its work.
FULL_CYCLE_REGION = Text("Kyushu", "九州")

COMPETITORS = (
    (Text("None named", "競合なし"), 0.4),
    (Text("In-house tool", "内製ツール"), 0.22),
    (Text("Rival A", "競合A"), 0.2),
    (Text("Rival B", "競合B"), 0.18),
)

# January to December: holidays in May, Obon in August, the turn of the year.
SEASON = (0.94, 1.03, 1.02, 0.96, 0.94, 1.07, 1.06, 0.80, 1.08, 1.14, 1.10, 0.86)
GROWTH = 0.34  # from the first month to the last, relative to the middle
