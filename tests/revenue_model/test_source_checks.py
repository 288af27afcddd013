"""Mappings that can't work: each rule, its exact words in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kyogyo.words import Text

Case = tuple[list[tuple[str, str]], str, str, str]

# name: (changes to the small model, text added to it, what is said in English, in Japanese)
CASES: dict[str, Case] = {
    "record_without_stages": (
        [],
        '[[sources]]\nname = "file"\nfile = "file.csv"\nshape = "record"\ncolumns = { journey = "id" }\n',
        'line 116, sources[0] (file): A source of the shape record says which column dates which stage: add stages = { stage = "column" }, or status.',
        '116行目 sources[0]（file）: shape が record のデータ元には、どの列がどのフェーズの日付かが必要です。stages = { フェーズ = "列名" } か status を加えてください。',
    ),
    "record_without_journey": (
        [],
        '[[sources]]\nname = "file"\nfile = "file.csv"\nshape = "record"\ncolumns = { account = "id" }\nstages = { lead = "d" }\n',
        'line 120, sources[0].columns (file): "journey" is missing: a source of the shape record needs it. Add journey = "the column\'s name".',
        '120行目 sources[0].columns（file）: 「journey」がありません。shape が record のデータ元には必要です。journey = "列名" を加えてください。',
    ),
    "events_without_time": (
        [],
        '[[sources]]\nname = "file"\nfile = "file.csv"\nshape = "events"\ncolumns = { journey = "id", stage = "s" }\n',
        'line 120, sources[0].columns (file): "at" is missing: a source of the shape events needs it. Add at = "the column\'s name".',
        '120行目 sources[0].columns（file）: 「at」がありません。shape が events のデータ元には必要です。at = "列名" を加えてください。',
    ),
    "history_without_its_field": (
        [],
        '[[sources]]\nname = "file"\nfile = "file.csv"\nshape = "history"\ncolumns = { journey = "id", field = "f", new = "n", at = "t" }\n',
        'line 116, sources[0] (file): "history_field" is missing: a source of the shape history needs it.',
        "116行目 sources[0]（file）: 「history_field」がありません。shape が history のデータ元には必要です。",
    ),
    "history_field_without_column": (
        [],
        '[[sources]]\nname = "file"\nfile = "file.csv"\nshape = "history"\ncolumns = { journey = "id", new = "n", at = "t" }\nhistory_field = "stage"\n',
        'line 120, sources[0].columns (file): "field" is missing: a source of the shape history needs it. Add field = "the column\'s name".',
        '120行目 sources[0].columns（file）: 「field」がありません。shape が history のデータ元には必要です。field = "列名" を加えてください。',
    ),
    "revenue_without_amount": (
        [],
        '[[sources]]\nname = "file"\nfile = "file.csv"\nshape = "revenue"\ncolumns = { account = "id", period = "m" }\n',
        'line 120, sources[0].columns (file): "amount" is missing: a source of the shape revenue needs it. Add amount = "the column\'s name".',
        '120行目 sources[0].columns（file）: 「amount」がありません。shape が revenue のデータ元には必要です。amount = "列名" を加えてください。',
    ),
    "attributes_without_key": (
        [],
        '[[sources]]\nname = "file"\nfile = "file.csv"\nshape = "attributes"\nkey = "account"\ncolumns = { journey = "id" }\nattributes = { size = "Size" }\n',
        'line 121, sources[0].columns (file): "account" is missing: a source of the shape attributes needs it. Add account = "the column\'s name".',
        '121行目 sources[0].columns（file）: 「account」がありません。shape が attributes のデータ元には必要です。account = "列名" を加えてください。',
    ),
    "attributes_without_any": (
        [],
        '[[sources]]\nname = "file"\nfile = "file.csv"\nshape = "attributes"\ncolumns = { journey = "id" }\n',
        'line 116, sources[0] (file): "attributes" is missing: a source of the shape attributes needs it.',
        "116行目 sources[0]（file）: 「attributes」がありません。shape が attributes のデータ元には必要です。",
    ),
    "key_of_another_shape": (
        [],
        '[[sources]]\nname = "file"\nfile = "file.csv"\nshape = "record"\ncolumns = { journey = "id" }\nstages = { lead = "d" }\nstage_values = { "Won" = "won" }\n',
        'line 122, sources[0].stage_values (file): "stage_values" says nothing in a source of the shape record; it is for events, history. Take it away, or change the shape.',
        "122行目 sources[0].stage_values（file）: 「stage_values」は shape が record のデータ元では使えません（events、history 用）。消すか、shape を変えてください。",
    ),
    "column_of_another_shape": (
        [],
        '[[sources]]\nname = "file"\nfile = "file.csv"\nshape = "record"\ncolumns = { journey = "id", period = "m" }\nstages = { lead = "d" }\n',
        'line 120, sources[0].columns.period (file): "period" says nothing in a source of the shape record; it is for revenue. Take it away, or change the shape.',
        "120行目 sources[0].columns.period（file）: 「period」は shape が record のデータ元では使えません（revenue 用）。消すか、shape を変えてください。",
    ),
    "unknown_track": (
        [],
        '[[sources]]\nname = "file"\nfile = "file.csv"\nshape = "record"\ntrack = "old"\ncolumns = { journey = "id" }\nstages = { lead = "d" }\n',
        'line 120, sources[0].track (file): "old" is not a track. There are: new.',
        "120行目 sources[0].track（file）: 「old」という商流はありません。使えるもの: new。",
    ),
    "unknown_stage_key": (
        [],
        '[[sources]]\nname = "file"\nfile = "file.csv"\nshape = "record"\ncolumns = { journey = "id" }\nstages = { led = "d" }\n',
        'line 121, sources[0].stages.led (file): "led" is not a stage. Did you mean "lead"? There are: lead, meeting, won, lost, later.',
        "121行目 sources[0].stages.led（file）: 「led」というフェーズはありません。「lead」のことでしょうか。使えるもの: lead、meeting、won、lost、later。",
    ),
    "unknown_stage_value": (
        [],
        '[[sources]]\nname = "file"\nfile = "file.csv"\nshape = "events"\ncolumns = { journey = "id", stage = "s", at = "t" }\nstage_values = { "Demo held" = "demo" }\n',
        'line 121, sources[0].stage_values."Demo held" (file): "demo" is not a stage. There are: lead, meeting, won, lost, later.',
        '121行目 sources[0].stage_values."Demo held"（file）: 「demo」というフェーズはありません。使えるもの: lead、meeting、won、lost、later。',
    ),
    "unknown_status_stage": (
        [],
        '[[sources]]\nname = "file"\nfile = "file.csv"\nshape = "record"\ncolumns = { journey = "id" }\nstatus = { column = "s", at = "d", values = { "Won" = "one" } }\n',
        'line 121, sources[0].status.values.Won (file): "one" is not a stage. Did you mean "won"? There are: lead, meeting, won, lost, later.',
        "121行目 sources[0].status.values.Won（file）: 「one」というフェーズはありません。「won」のことでしょうか。使えるもの: lead、meeting、won、lost、later。",
    ),
    "owner_of_a_stage_without_date": (
        [],
        '[[sources]]\nname = "file"\nfile = "file.csv"\nshape = "record"\ncolumns = { journey = "id" }\nstages = { lead = "d" }\nstage_owner = { won = "rep" }\n',
        'line 122, sources[0].stage_owner.won (file): "won" has no date in stages or status, so no entry could carry this.',
        "122行目 sources[0].stage_owner.won（file）: 「won」の日付が stages にも status にもないため、使われません。",
    ),
    "ignored_and_mapped": (
        [],
        '[[sources]]\nname = "file"\nfile = "file.csv"\nshape = "events"\ncolumns = { journey = "id", stage = "s", at = "t" }\nstage_values = { "Won" = "won" }\nignore_values = ["Won"]\n',
        'line 122, sources[0].ignore_values (file): "Won" is ignored here and has a stage in stage_values. Take it away from one of them.',
        "122行目 sources[0].ignore_values（file）: 「Won」が ignore_values と stage_values の両方にあります。どちらか一方にしてください。",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_problem_is_told_with_its_place(refusal: Callable[..., Text], name: str) -> None:
    changes, more, en, ja = CASES[name]

    assert refusal(*changes, more=more) == Text(
        en=f"acme.toml has 1 problem:\n  - {en}", ja=f"acme.toml に問題が1件あります:\n  - {ja}"
    )
