"""Warnings: each with its exact words in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kyogyo.revenue_model import check_model, parse_model
from kyogyo.words import Text

SOURCE = '[[sources]]\nname = "file"\nfile = "file.csv"\nshape = "record"\n'
Case = tuple[list[tuple[str, str]], str, list[Text]]

CASES: dict[str, Case] = {
    "nothing_odd": ([], "", []),
    "department_without_a_stage": (
        [],
        '[[departments]]\ncode = "legal"\nlabel = "Legal"\n',
        [
            Text(
                en='The department "legal" has no stage.',
                ja="部門「legal」が担当するフェーズがありません。",
            )
        ],
    ),
    "staff_of_those_who_receive": (
        [
            (
                'label = { en = "Sales", ja = "営業" }',
                'label = { en = "Sales", ja = "営業" }\nheadcount = 2.5\nper_person_month = 8',
            )
        ],
        "",
        [],
    ),
    "staff_of_those_who_are_handed_nothing": (
        [
            (
                'label = { en = "Marketing", ja = "マーケティング" }',
                'label = { en = "Marketing", ja = "マーケティング" }\nheadcount = 2\nper_person_month = 8',
            )
        ],
        "",
        [
            Text(
                en='The headcount of "marketing" isn\'t used: on no track another department hands it journeys '
                "before the sale.",
                ja="部門「marketing」の headcount は使われません。受注までにほかの部門から案件を受け取る商流がないためです。",
            )
        ],
    ),
    "track_without_a_sale": (
        [],
        '[[tracks]]\ncode = "talk"\nlabel = "Talk"\nstages = ["lead", "meeting"]\n',
        [
            Text(
                en='The track "talk" has no stage of the type won: '
                "what a delay or a loss costs can't be counted on it.",
                ja="商流「talk」に type が won のフェーズがありません。"
                "遅れや取りこぼしの金額を計算できません。",
            )
        ],
    ),
    "stage_in_no_track": (
        [('exits = ["lost", "later"]', 'exits = ["lost"]')],
        "",
        [
            Text(
                en='The stage "later" is in no track, so nothing is counted there. '
                "Add it to the stages or exits of a track.",
                ja="フェーズ「later」はどの商流にもなく、集計の対象になりません。"
                "商流の stages か exits に加えてください。",
            )
        ],
    ),
    "handoff_of_other_departments": (
        [('giver = "marketing"\nreceiver = "sales"', 'giver = "sales"\nreceiver = "marketing"')],
        "",
        [
            Text(
                en='The handoff "to_sales" names "sales" as its giver, '
                'but the stage "lead" belongs to "marketing".',
                ja="引き継ぎ「to_sales」の giver は「sales」ですが、"
                "フェーズ「lead」の部門は「marketing」です。",
            ),
            Text(
                en='The handoff "to_sales" names "marketing" as its receiver, '
                'but the stage "meeting" belongs to "sales".',
                ja="引き継ぎ「to_sales」の receiver は「marketing」ですが、"
                "フェーズ「meeting」の部門は「sales」です。",
            ),
            Text(
                en='The clock "accept" of the handoff "to_sales" runs for "sales", '
                'but "marketing" stops it (until = "decision").',
                ja="引き継ぎ「to_sales」の期限「accept」の担当は「sales」ですが、"
                '止めるのは「marketing」です（until = "decision"）。',
            ),
        ],
    ),
    "clock_that_the_other_one_stops": (
        [('owner = "sales"', 'owner = "sales"\nuntil = "resubmission"')],
        "",
        [
            Text(
                en='The clock "accept" of the handoff "to_sales" runs for "sales", '
                'but "marketing" stops it (until = "resubmission").',
                ja="引き継ぎ「to_sales」の期限「accept」の担当は「sales」ですが、"
                '止めるのは「marketing」です（until = "resubmission"）。',
            )
        ],
    ),
    "accepted_stage_of_another_department": (
        [
            ('to_stage = "meeting"\n', 'to_stage = "meeting"\naccepted_stage = "won"\n'),
            (
                'label = { en = "Won", ja = "受注" }\ndepartment = "sales"',
                'label = { en = "Won", ja = "受注" }\ndepartment = "marketing"',
            ),
        ],
        "",
        [
            Text(
                en='The handoff "to_sales" names "sales" as its receiver, '
                'but the stage "won" belongs to "marketing".',
                ja="引き継ぎ「to_sales」の receiver は「sales」ですが、"
                "フェーズ「won」の部門は「marketing」です。",
            )
        ],
    ),
    "criterion_that_nothing_meets": (
        [
            (
                'label = { en = "Meeting", ja = "商談" }\ndepartment = "sales"',
                (
                    'label = { en = "Meeting", ja = "商談" }\ndepartment = "sales"\n'
                    'exit_criteria = [{ code = "taken", label = "Taken", evidence = "Record", met_by = "acceptance" }]'
                ),
            )
        ],
        "",
        [
            Text(
                en='The criterion "taken" of the stage "meeting" is met by an acceptance, '
                "but accepting a handoff never leaves that stage: nothing meets it.",
                ja="フェーズ「meeting」の完了条件「taken」は引き継ぎの受け入れで満たされますが、"
                "受け入れによってこのフェーズを出る引き継ぎがありません。",
            )
        ],
    ),
    "answers_for_no_handoff": (
        [
            (
                'label = { en = "Won", ja = "受注" }',
                (
                    'label = { en = "Won", ja = "受注" }\n'
                    'exit_criteria = [{ code = "noted", label = "Noted", evidence = "Record", met_by = "answers" }]'
                ),
            )
        ],
        "",
        [
            Text(
                en='The criterion "noted" of the stage "won" is met by the answers for the next handoff, '
                "but no track has a handoff at or after that stage: somebody has to tick it.",
                ja="フェーズ「won」の完了条件「noted」は次の引き継ぎへの回答で満たされますが、"
                "このフェーズ以降に引き継ぎのある商流がありません。手で記録することになります。",
            )
        ],
    ),
    "clock_of_a_third": (
        [
            ('owner = "sales"', 'owner = "legal"'),
            (
                'label = { en = "Lost", ja = "失注" }\ndepartment = "sales"',
                'label = "Lost"\ndepartment = "legal"',
            ),
        ],
        '[[departments]]\ncode = "legal"\nlabel = "Legal"\n',
        [
            Text(
                en='The clock "accept" of the handoff "to_sales" runs for "legal", '
                "which neither gives nor receives.",
                ja="引き継ぎ「to_sales」の期限「accept」の担当「legal」は、"
                "渡し手でも受け手でもありません。",
            )
        ],
    ),
    "question_that_nobody_asks": (
        [('questions = ["budget"]', "questions = []")],
        "",
        [
            Text(
                en='The question "budget" belongs to no handoff, so nobody is asked it.',
                ja="確認項目「budget」はどの引き継ぎにもなく、誰にも尋ねられません。",
            )
        ],
    ),
    "owned_metric_without_guard": (
        [('guard = "meeting_rate"\n', "")],
        "",
        [
            Text(
                en='The metric "revenue" has an owner but no guard. Name the metric that would get '
                "worse if this one were pushed too hard.",
                ja="指標「revenue」には owner がいますが guard がありません。"
                "この指標を追いすぎたときに悪くなる指標を guard にしてください。",
            )
        ],
    ),
    "stage_that_no_source_fills": (
        [],
        (
            f'{SOURCE}columns = {{ journey = "id" }}\nstages = {{ lead = "d" }}\n'
            'status = { column = "s", at = "d", values = { "Won" = "won" } }\n'
        ),
        [
            Text(
                en='No source fills the stage "meeting" of the track "new": it will be empty.',
                ja="商流「new」のフェーズ「meeting」に入るデータ元がありません。空のままになります。",
            )
        ],
    ),
    "texts_that_are_codes_may_fill_any_stage": (
        [],
        SOURCE.replace("record", "events")
        + 'columns = { journey = "id", stage = "s", at = "t" }\n',
        [],
    ),
    "attributes_fill_no_stage": (
        [],
        SOURCE.replace("record", "attributes")
        + 'columns = { journey = "id" }\nattributes = { size = "Size" }\n',
        [],
    ),
    "data_outside_its_track": (
        [],
        (
            f'{SOURCE}track = "new"\ncolumns = {{ journey = "id" }}\n'
            'stages = { lead = "a", meeting = "b", won = "c", trial = "d" }\n'
            '[[stages]]\ncode = "trial"\nlabel = "Trial"\ndepartment = "sales"\n'
            '[[tracks]]\ncode = "trials"\nlabel = "Trials"\nstages = ["trial", "won"]\n'
        ),
        [
            Text(
                en='The source "file" fills the stage "trial", which is not part of its track "new".',
                ja="データ元「file」はフェーズ「trial」にデータを入れますが、"
                "商流「new」にそのフェーズはありません。",
            )
        ],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_warning_is_told(small: Callable[..., str], name: str) -> None:
    changes, more, expected = CASES[name]
    model = parse_model(small(*changes, more=more), name="acme.toml")

    assert check_model(model) == tuple(expected)
