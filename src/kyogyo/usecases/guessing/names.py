"""What columns are called, in English and Japanese, by the systems that export them.

Each list is ordered from the most telling name on. Names are compared folded: width, case, blanks
and joints make no difference.
"""

from __future__ import annotations

JOURNEY = (
    "deal id", "opportunity id", "mql id", "lead id", "case id", "case:concept:name", "journey id",
    "record id", "record", "ticket id", "prospect id", "inquiry id", "案件ID", "案件番号", "案件No",
    "案件コード", "商談ID", "商談番号", "リードID", "管理番号", "受付番号", "問い合わせ番号", "id",
)  # fmt: skip
ACCOUNT = (
    "account id", "account", "account name", "company id", "company", "company name", "seller id",
    "customer id", "customer", "organization", "client", "取引先ID", "取引先コード", "取引先",
    "取引先名", "会社ID", "会社名", "企業名", "顧客ID", "顧客コード", "顧客名", "法人名",
)  # fmt: skip
OWNER = (
    "owner id", "owner", "owner name", "sales agent", "sales rep", "sr id", "sdr id", "rep",
    "assignee", "assigned to", "org:resource", "resource", "responsible", "sales id", "account executive",
    "担当者", "営業担当", "営業担当者", "担当", "担当者名", "所有者", "商談担当", "インサイドセールス担当",
)  # fmt: skip
AMOUNT = (
    "amount", "deal amount", "close value", "deal value", "contract value", "value", "price",
    "property amount", "金額", "受注金額", "契約金額", "見込金額", "商談金額", "受注額", "金額(税抜)", "金額（円）",
)  # fmt: skip
REVENUE_AMOUNT = (
    "sales", "revenue", "mrr", "arr", "net sales", "売上", "売上高", "売上金額", "請求金額", "月額",
    *AMOUNT,
)  # fmt: skip
STAGE = (
    "concept:name", "activity", "stage name", "deal stage", "stage", "phase", "event", "step", "status",
    "フェーズ", "ステージ", "商談フェーズ", "段階", "活動", "状態", "ステータス",
)  # fmt: skip
STATE = (
    "deal stage", "stage name", "stage", "status", "state", "outcome", "result", "フェーズ", "ステージ",
    "商談フェーズ", "状態", "ステータス", "結果", "商談結果",
)  # fmt: skip
AT = (
    "time:timestamp", "timestamp", "changed at", "entered at", "date entered", "occurred at",
    "event time", "created date", "date", "time", "at", "日時", "変更日時", "変更日", "発生日時", "更新日時",
    "日付",
)  # fmt: skip
FIELD = (
    "field",
    "field name",
    "property",
    "property name",
    "項目",
    "項目名",
    "フィールド",
    "変更項目",
)
OLD = (
    "old value",
    "oldvalue",
    "old",
    "from",
    "previous value",
    "変更前",
    "旧値",
    "変更前の値",
    "元の値",
)
NEW = ("new value", "newvalue", "new", "to", "変更後", "新値", "変更後の値", "新しい値")
PERIOD = (
    "period", "quarter", "month", "year month", "active quarter", "seller active quarter",
    "fiscal month", "年月", "対象月", "対象年月", "計上月", "売上月", "四半期", "期間", "月",
)  # fmt: skip
SOURCE = (
    "lead source", "source", "origin", "channel", "utm source", "case:channel", "acquisition channel",
    "流入元", "流入経路", "リードソース", "獲得チャネル", "獲得経路", "チャネル", "媒体",
)  # fmt: skip
CAMPAIGN = ("campaign", "campaign id", "utm campaign", "キャンペーン", "施策", "施策名")
SEGMENT = (
    "segment",
    "business segment",
    "industry",
    "sector",
    "セグメント",
    "業種",
    "業界",
    "企業規模",
)
CURRENCY = ("currency", "currency code", "currency iso code", "通貨", "通貨コード")
EVENT_ID = ("event id", "concept:instance", "history id", "イベントID", "履歴ID")

# Times that tell when the record was written, not that a stage was entered.
RECORD_KEEPING = (
    "updated at", "last modified", "last modified date", "last seen", "last activity", "synced",
    "fivetran synced", "fivetran start", "fivetran end", "system modstamp", "exported at", "modified",
    "last viewed date", "last referenced date", "last activity date", "enddate planned", "deadline",
    "更新日", "更新日時", "最終更新日", "最終更新日時", "最終活動日", "登録日時", "エクスポート日",
)  # fmt: skip

# Words in the names of date columns, by what they say of the stage.
BEGINNING = (
    "first contact", "first seen", "created", "create", "created date", "createdate", "creation",
    "inquiry", "registered", "received", "lead", "start", "問い合わせ", "問合せ", "リード", "獲得",
    "作成", "登録", "発生", "受付", "初回接触", "startdate",
)  # fmt: skip
SOLD = ("won", "closed won", "contract", "signed", "ordered", "受注", "成約", "契約", "契約締結")
LOST = ("lost", "closed lost", "失注", "敗戦")
CLOSING = (
    "close",
    "closed",
    "close date",
    "closing",
    "end",
    "終了",
    "完了",
    "クローズ",
    "決着",
    "完了予定",
)
# Parts of a name that only say that it is a date.
OF_DATES = ("date", "datetime", "timestamp", "time", "at", "on", "年月日", "日時", "日付", "日")

# Names for attributes whose columns are written in Japanese: codes are ASCII.
ATTRIBUTE_NAMES = {
    "業種": "industry", "業界": "industry", "都道府県": "prefecture", "地域": "region", "エリア": "area",
    "製品": "product", "商品": "product", "商材": "product", "サービス": "service", "プラン": "plan",
    "ランク": "rank", "確度": "probability", "規模": "size", "企業規模": "company_size",
    "従業員数": "employees", "部署": "department_name", "役職": "job_title", "失注理由": "lost_reason",
    "競合": "competitor", "種別": "kind", "区分": "kind", "新規既存": "new_or_existing",
    "代理店": "partner", "優先度": "priority",
}  # fmt: skip
