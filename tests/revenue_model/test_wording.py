"""What pydantic finds, as a person reads it: each kind of fault, its exact words in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kyogyo.words import Text

Case = tuple[list[tuple[str, str]], str, str, str]

# name: (changes to the small model, text added to it, what is said in English, in Japanese)
CASES: dict[str, Case] = {
    "missing_key": (
        [('currency = "JPY"\n', "")],
        "",
        '"currency" is missing. Add currency = ...',
        "「currency」がありません。currency = … を加えてください。",
    ),
    "missing_section": (
        [
            (
                '[[tracks]]\ncode = "new"\nlabel = { en = "New", ja = "新規" }\nstages = ["lead", "meeting", "won"]\nexits = ["lost", "later"]\n',
                "",
            )
        ],
        "",
        '"tracks" is missing. Add [[tracks]] ...',
        "「tracks」がありません。[[tracks]] … を加えてください。",
    ),
    "missing_language": (
        [('{ en = "Lead", ja = "リード" }', '{ en = "Lead" }')],
        "",
        'line 21, stages[0].label (lead): "ja" is missing. Add ja = ...',
        "21行目 stages[0].label（lead）: 「ja」がありません。ja = … を加えてください。",
    ),
    "empty_text": (
        [('ja = "リード"', 'ja = " "')],
        "",
        "line 21, stages[0].label.ja (lead): The text is empty. Write it, or take the key away.",
        "21行目 stages[0].label.ja（lead）: 文字が空です。内容を書くか、キーごと消してください。",
    ),
    "unknown_section": (
        [("[bottleneck]", "[botleneck]")],
        "",
        'line 114, botleneck: "botleneck" is not a key here. Did you mean "bottleneck"? There are: format, version, name, currency, time_zone, fiscal_year_start, calendar, departments, tracks, stages, handoffs, questions, reasons, channels, metrics, goals, values, sources, bottleneck.',
        "114行目 botleneck: 「botleneck」というキーはここでは使えません。「bottleneck」のことでしょうか。使えるもの: format、version、name、currency、time_zone、fiscal_year_start、calendar、departments、tracks、stages、handoffs、questions、reasons、channels、metrics、goals、values、sources、bottleneck。",
    ),
    "word_of_a_fixed_few": (
        [('type = "won"', 'type = "wonn"')],
        "",
        'line 34, stages[2].type (won): "wonn" doesn\'t fit. Did you mean "won"? It must be one of: open, ongoing, on_hold, won, lost, recycled.',
        '34行目 stages[2].type（won）: "wonn" は使えません。「won」のことでしょうか。使えるもの: open、ongoing、on_hold、won、lost、recycled。',
    ),
    "word_of_another_kind": (
        [('type = "won"', "type = 1")],
        "",
        "line 34, stages[2].type (won): 1 doesn't fit. It must be one of: open, ongoing, on_hold, won, lost, recycled.",
        "34行目 stages[2].type（won）: 1 は使えません。使えるもの: open、ongoing、on_hold、won、lost、recycled。",
    ),
    "newer_format": (
        [('name = "Acme"', 'name = "Acme"\nformat = 2')],
        "",
        "line 2, format: 2 doesn't fit. This Kyogyo reads 1. A newer file needs a newer Kyogyo.",
        "2行目 format: 2 は使えません。このKyogyoで読めるのは 1 です。新しい形式のファイルには新しいKyogyoが必要です。",
    ),
    "number_in_quotes": (
        [("expected_days = 7", 'expected_days = "7"')],
        "",
        'line 23, stages[0].expected_days (lead): "7" doesn\'t fit. It must be a whole number, without quotes.',
        '23行目 stages[0].expected_days（lead）: "7" は使えません。整数（引用符なし）を書いてください。',
    ),
    "part_of_a_day": (
        [("expected_days = 7", "expected_days = 7.5")],
        "",
        "line 23, stages[0].expected_days (lead): 7.5 doesn't fit. It must be a whole number, without quotes.",
        "23行目 stages[0].expected_days（lead）: 7.5 は使えません。整数（引用符なし）を書いてください。",
    ),
    "negative_number": (
        [("expected_days = 7", "expected_days = -1")],
        "",
        "line 23, stages[0].expected_days (lead): -1 doesn't fit. It must be 0 or more.",
        "23行目 stages[0].expected_days（lead）: -1 は使えません。0 以上の値を書いてください。",
    ),
    "true_as_number": (
        [("hours = 8", "hours = true")],
        "",
        "line 75, handoffs[0].clocks[0].hours (to_sales / accept): true doesn't fit. It must be a number, without quotes.",
        "75行目 handoffs[0].clocks[0].hours（to_sales / accept）: true は使えません。数値（引用符なし）を書いてください。",
    ),
    "no_hours": (
        [("hours = 8", "hours = 0")],
        "",
        "line 75, handoffs[0].clocks[0].hours (to_sales / accept): 0 doesn't fit. It must be more than 0.",
        "75行目 handoffs[0].clocks[0].hours（to_sales / accept）: 0 は使えません。0 より大きい値を書いてください。",
    ),
    "infinite_hours": (
        [("hours = 8", "hours = inf")],
        "",
        "line 75, handoffs[0].clocks[0].hours (to_sales / accept): inf doesn't fit. It must be a number, without quotes.",
        "75行目 handoffs[0].clocks[0].hours（to_sales / accept）: inf は使えません。数値（引用符なし）を書いてください。",
    ),
    "too_large": (
        [('name = "Acme"', 'name = "Acme"\nfiscal_year_start = 13')],
        "",
        "line 2, fiscal_year_start: 13 doesn't fit. It must be 12 or less.",
        "2行目 fiscal_year_start: 13 は使えません。12 以下の値を書いてください。",
    ),
    "list_instead_of_text": (
        [('code = "lead"', 'code = ["lead"]')],
        "",
        'line 20, stages[0].code: ["lead"] doesn\'t fit. It must be text in quotes.',
        '20行目 stages[0].code: ["lead"] は使えません。引用符で囲んだ文字を書いてください。',
    ),
    "text_instead_of_list": (
        [('exits = ["lost", "later"]', 'exits = "lost"')],
        "",
        'line 17, tracks[0].exits (new): "lost" doesn\'t fit. It must be a list in [ ].',
        '17行目 tracks[0].exits（new）: "lost" は使えません。[ ] で囲んだ一覧を書いてください。',
    ),
    "text_instead_of_table": (
        [
            ('[bottleneck]\nvalue_stage = "won"\n', ""),
            ('name = "Acme"', 'name = "Acme"\nbottleneck = "won"'),
        ],
        "",
        'line 2, bottleneck: "won" doesn\'t fit. It must be a table, such as { key = ... }.',
        '2行目 bottleneck: "won" は使えません。{ キー = … } の形の表を書いてください。',
    ),
    "number_instead_of_label": (
        [('label = { en = "Lead", ja = "リード" }', "label = 5")],
        "",
        'line 21, stages[0].label (lead): 5 doesn\'t fit. It must be text in quotes, or { en = "...", ja = "..." }.',
        '21行目 stages[0].label（lead）: 5 は使えません。引用符で囲んだ文字か { en = "…", ja = "…" } を書いてください。',
    ),
    "bad_code": (
        [('code = "no_need"', 'code = "No need"'), ('returns = ["no_need"]', "returns = []")],
        "",
        'line 49, reasons[0].code (No need): "No need" doesn\'t fit. It must be a code: small letters a-z, digits and _, beginning with a letter.',
        '49行目 reasons[0].code（No need）: "No need" は使えません。英小文字で始まり、英小文字・数字・_ だけを使ったコードを書いてください。',
    ),
    "empty_list": (
        [('types = ["Gap"]', "types = []")],
        "",
        "line 83, channels[0].types (back): [] is too short: at least 1 needed.",
        "83行目 channels[0].types（back）: [] では足りません。1件以上必要です。",
    ),
    "goal_of_one": (
        [('departments = ["marketing", "sales"]', 'departments = ["marketing"]')],
        "",
        'line 106, goals[0].departments (together): ["marketing"] is too short: at least 2 needed.',
        '106行目 goals[0].departments（together）: ["marketing"] では足りません。2件以上必要です。',
    ),
    "zone": (
        [('"Asia/Tokyo"', '"Asia/Tokio"')],
        "",
        'line 3, time_zone: "Asia/Tokio" is not a time zone. Did you mean "Asia/Tokyo"? Write an IANA name such as Asia/Tokyo.',
        '3行目 time_zone: "Asia/Tokio" というタイムゾーンはありません。「Asia/Tokyo」のことでしょうか。Asia/Tokyo のようなIANA名で書いてください。',
    ),
    "zone_like_none": (
        [('"Asia/Tokyo"', '"???"')],
        "",
        'line 3, time_zone: "???" is not a time zone. Write an IANA name such as Asia/Tokyo.',
        '3行目 time_zone: "???" というタイムゾーンはありません。Asia/Tokyo のようなIANA名で書いてください。',
    ),
    "currency": (
        [('"JPY"', '"円"')],
        "",
        'line 2, currency: "円" is not a currency. Write an ISO code in capitals such as "JPY".',
        '2行目 currency: "円" という通貨コードはありません。「JPY」のような大文字のISOコードで書いてください。',
    ),
    "currency_small": (
        [('"JPY"', '"usd"')],
        "",
        'line 2, currency: "usd" is not a currency. Write an ISO code in capitals such as "USD".',
        '2行目 currency: "usd" という通貨コードはありません。「USD」のような大文字のISOコードで書いてください。',
    ),
    "time_of_day": (
        [('name = "Acme"', 'name = "Acme"\ncalendar.open = "9:00"')],
        "",
        'line 2, calendar.open: "9:00" doesn\'t fit. It must be a time of day such as "09:00".',
        '2行目 calendar.open: "9:00" は使えません。「09:00」のような時刻を書いてください。',
    ),
    "date_in_quotes": (
        [('name = "Acme"', 'name = "Acme"\ncalendar.extra_holidays = ["2026-12-30"]')],
        "",
        'line 2, calendar.extra_holidays[0]: "2026-12-30" doesn\'t fit. It must be a date without quotes, such as 2026-12-31.',
        '2行目 calendar.extra_holidays[0]: "2026-12-30" は使えません。2026-12-31 のような日付（引用符なし）を書いてください。',
    ),
    "delimiter_of_two": (
        [],
        '[[sources]]\nname = "f"\nfile = "f.csv"\nshape = "record"\ndelimiter = "||"\ncolumns = { journey = "id" }\nstages = { lead = "d" }\n',
        'line 120, sources[0].delimiter (f): "||" doesn\'t fit. It must be one character.',
        '120行目 sources[0].delimiter（f）: "||" は使えません。1文字を書いてください。',
    ),
    "delimiter_of_none": (
        [],
        '[[sources]]\nname = "f"\nfile = "f.csv"\nshape = "record"\ndelimiter = ""\ncolumns = { journey = "id" }\nstages = { lead = "d" }\n',
        'line 120, sources[0].delimiter (f): "" doesn\'t fit. It must be one character.',
        '120行目 sources[0].delimiter（f）: "" は使えません。1文字を書いてください。',
    ),
    "columns_no_table": (
        [],
        '[[sources]]\nname = "f"\nfile = "f.csv"\nshape = "record"\ncolumns = { journey = "id" }\nstages = ["lead"]\n',
        'line 121, sources[0].stages (f): ["lead"] doesn\'t fit. It must be a table, such as { key = ... }.',
        '121行目 sources[0].stages（f）: ["lead"] は使えません。{ キー = … } の形の表を書いてください。',
    ),
    "bad_code_as_key": (
        [],
        '[[sources]]\nname = "f"\nfile = "f.csv"\nshape = "record"\ncolumns = { journey = "id" }\nstages = { lead = "d", "Bad Code" = "x" }\n',
        'line 121, sources[0].stages."Bad Code" (f): "Bad Code" doesn\'t fit. It must be a code: small letters a-z, digits and _, beginning with a letter.',
        '121行目 sources[0].stages."Bad Code"（f）: "Bad Code" は使えません。英小文字で始まり、英小文字・数字・_ だけを使ったコードを書いてください。',
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_problem_is_told_with_its_place(refusal: Callable[..., Text], name: str) -> None:
    changes, more, en, ja = CASES[name]

    assert refusal(*changes, more=more) == Text(
        en=f"acme.toml has 1 problem:\n  - {en}", ja=f"acme.toml に問題が1件あります:\n  - {ja}"
    )
