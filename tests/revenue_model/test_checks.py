"""What doesn't hold between the parts of a model: each rule, its exact words in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kyogyo.words import Text

Case = tuple[list[tuple[str, str]], str, str, str]

# name: (changes to the small model, text added to it, what is said in English, in Japanese)
CASES: dict[str, Case] = {
    "unknown_department": (
        [('department = "sales"', 'department = "sale"')],
        "",
        'line 28, stages[1].department (meeting): "sale" is not a department. Did you mean "sales"? There are: marketing, sales.',
        "28行目 stages[1].department（meeting）: 「sale」という部門はありません。「sales」のことでしょうか。使えるもの: marketing、sales。",
    ),
    "nothing_near": (
        [('department = "sales"', 'department = "zzz"')],
        "",
        'line 28, stages[1].department (meeting): "zzz" is not a department. There are: marketing, sales.',
        "28行目 stages[1].department（meeting）: 「zzz」という部門はありません。使えるもの: marketing、sales。",
    ),
    "unknown_step": (
        [('"meeting", "won"]', '"meating", "won"]')],
        "",
        'line 16, tracks[0].stages[1] (new): "meating" is not a stage. Did you mean "meeting"? There are: lead, meeting, won, lost, later.',
        "16行目 tracks[0].stages[1]（new）: 「meating」というフェーズはありません。「meeting」のことでしょうか。使えるもの: lead、meeting、won、lost、later。",
    ),
    "unknown_exit": (
        [('"later"]', '"latr"]')],
        "",
        'line 17, tracks[0].exits[1] (new): "latr" is not a stage. Did you mean "later"? There are: lead, meeting, won, lost, later.',
        "17行目 tracks[0].exits[1]（new）: 「latr」というフェーズはありません。「later」のことでしょうか。使えるもの: lead、meeting、won、lost、later。",
    ),
    "repeated_stage": (
        [('"meeting", "won"]', '"meeting", "won", "lead"]')],
        "",
        'line 16, tracks[0].stages[3] (new): The path comes to "lead" a second time: that is a cycle. A stage stands once in a track; who comes back later starts a new journey.',
        "16行目 tracks[0].stages[3]（new）: 「lead」を2回通る循環になっています。1つの商流に同じフェーズは1回だけです。後日の再開は新しい案件として数えます。",
    ),
    "repeated_exit": (
        [('"later"]', '"later", "lost"]')],
        "",
        'line 17, tracks[0].exits[2] (new): "lost" stands twice.',
        "17行目 tracks[0].exits[2]（new）: 「lost」が2回あります。",
    ),
    "path_and_exit": (
        [('"later"]', '"later", "won"]')],
        "",
        'line 17, tracks[0].exits[2] (new): "won" is on the path of this track and among its exits. It can be one of them.',
        "17行目 tracks[0].exits[2]（new）: 「won」がこの商流の stages と exits の両方にあります。どちらか一方にしてください。",
    ),
    "exit_that_ends_nothing": (
        [('exits = ["lost", "later"]', 'exits = ["lost", "later", "trial"]')],
        '[[stages]]\ncode = "trial"\nlabel = "Trial"\ndepartment = "sales"\n',
        'line 17, tracks[0].exits[2] (new): "trial" has type "open", which ends no journey. An exit has one of these types: lost, recycled, on_hold.',
        "17行目 tracks[0].exits[2]（new）: 「trial」の type は「open」で、案件の終わりになりません。exits に置けるのは type が lost、recycled、on_hold のフェーズです。",
    ),
    "end_on_the_path": (
        [('"won"]\nexits = ["lost", "later"]', '"won", "lost"]\nexits = ["later"]')],
        "",
        'line 16, tracks[0].stages[3] (new): "lost" has type "lost", which ends a journey, so it can\'t be a step of the path. Move it to exits.',
        "16行目 tracks[0].stages[3]（new）: 「lost」の type は「lost」で案件が終わるため、途中の段階には置けません。exits に移してください。",
    ),
    "taken_code": (
        [('code = "price"', 'code = "no_need"')],
        "",
        'line 54, reasons[1].code (no_need): The code "no_need" is taken by reasons[0]. Each reason needs a code of its own.',
        "54行目 reasons[1].code（no_need）: コード「no_need」は reasons[0] で使われています。理由ごとに別のコードを付けてください。",
    ),
    "taken_clock": (
        [],
        '[[handoffs.clocks]]\ncode = "accept"\nlabel = "Again"\nhours = 9\nowner = "sales"\n',
        'line 117, handoffs[0].clocks[1].code (to_sales / accept): The code "accept" is taken by clocks[0]. Each clock needs a code of its own.',
        "117行目 handoffs[0].clocks[1].code（to_sales / accept）: コード「accept」は clocks[0] で使われています。期限ごとに別のコードを付けてください。",
    ),
    "close_before_open": (
        [('name = "Acme"', 'name = "Acme"\ncalendar.open = "18:00"\ncalendar.close = "09:00"')],
        "",
        "line 3, calendar.close: The day ends at 09:00 but begins at 18:00. close must be later than open.",
        "3行目 calendar.close: 終業 09:00 が始業 18:00 より後になっていません。close は open より後の時刻にしてください。",
    ),
    "weekday_twice": (
        [('name = "Acme"', 'name = "Acme"\ncalendar.working_days = [0, 1, 0]')],
        "",
        "line 2, calendar.working_days[2]: The day 0 stands twice.",
        "2行目 calendar.working_days[2]: 曜日 0 が2回あります。",
    ),
    "unknown_giver": (
        [('giver = "marketing"', 'giver = "market"')],
        "",
        'line 65, handoffs[0].giver (to_sales): "market" is not a department. Did you mean "marketing"? There are: marketing, sales.',
        "65行目 handoffs[0].giver（to_sales）: 「market」という部門はありません。「marketing」のことでしょうか。使えるもの: marketing、sales。",
    ),
    "gives_to_itself": (
        [('receiver = "sales"', 'receiver = "marketing"')],
        "",
        'line 66, handoffs[0].receiver (to_sales): "marketing" gives to itself. Giver and receiver are two departments.',
        "66行目 handoffs[0].receiver（to_sales）: 渡し手と受け手がどちらも「marketing」です。別の部門にしてください。",
    ),
    "not_next": (
        [('to_stage = "meeting"\nquestions', 'to_stage = "won"\nquestions')],
        "",
        'line 68, handoffs[0].to_stage (to_sales): "won" doesn\'t come right after "lead" in any track. After it comes: meeting.',
        "68行目 handoffs[0].to_stage（to_sales）: どの商流でも「lead」の次は「won」ではありません。次に来るのは meeting です。",
    ),
    "nothing_next": (
        [
            (
                'from_stage = "lead"\nto_stage = "meeting"\nquestions',
                'from_stage = "won"\nto_stage = "meeting"\nquestions',
            )
        ],
        "",
        'line 68, handoffs[0].to_stage (to_sales): "meeting" doesn\'t come right after "won" in any track. Nothing comes after "won".',
        "68行目 handoffs[0].to_stage（to_sales）: どの商流でも「won」の次は「meeting」ではありません。「won」の次のフェーズはありません。",
    ),
    "unknown_accepted_stage": (
        [('to_stage = "meeting"\n', 'to_stage = "meeting"\naccepted_stage = "wom"\n')],
        "",
        'line 69, handoffs[0].accepted_stage (to_sales): "wom" is not a stage. Did you mean "won"? There are: lead, meeting, won, lost, later.',
        "69行目 handoffs[0].accepted_stage（to_sales）: 「wom」というフェーズはありません。「won」のことでしょうか。使えるもの: lead、meeting、won、lost、later。",
    ),
    "accepted_stage_not_next": (
        [('to_stage = "meeting"\n', 'to_stage = "meeting"\naccepted_stage = "lead"\n')],
        "",
        'line 69, handoffs[0].accepted_stage (to_sales): "lead" doesn\'t come right after "meeting" in any track. After it comes: won.',
        "69行目 handoffs[0].accepted_stage（to_sales）: どの商流でも「meeting」の次は「lead」ではありません。次に来るのは won です。",
    ),
    "accepted_stage_on_another_track": (
        [
            ('stages = ["lead", "meeting", "won"]', 'stages = ["lead", "meeting"]'),
            ('to_stage = "meeting"\n', 'to_stage = "meeting"\naccepted_stage = "won"\n'),
        ],
        '[[tracks]]\ncode = "other"\nlabel = "Other"\nstages = ["meeting", "won"]\n',
        'line 69, handoffs[0].accepted_stage (to_sales): No track comes from "lead" over "meeting" to "won". A handoff runs along one track.',
        "69行目 handoffs[0].accepted_stage（to_sales）: 「lead」から「meeting」を経て「won」へ進む商流がありません。1つの商流で続く3つのフェーズにしてください。",
    ),
    "clock_stopped_by_no_such_thing": (
        [('owner = "sales"', 'owner = "sales"\nuntil = "descision"')],
        "",
        'line 77, handoffs[0].clocks[0].until (to_sales / accept): "descision" doesn\'t fit. Did you mean "decision"? It must be one of: offer, first_contact, decision, result, resubmission.',
        '77行目 handoffs[0].clocks[0].until（to_sales / accept）: "descision" は使えません。「decision」のことでしょうか。使えるもの: offer、first_contact、decision、result、resubmission。',
    ),
    "unknown_question": (
        [('questions = ["budget"]', 'questions = ["buget"]')],
        "",
        'line 69, handoffs[0].questions[0] (to_sales): "buget" is not a question. Did you mean "budget"? There are: budget.',
        "69行目 handoffs[0].questions[0]（to_sales）: 「buget」という確認項目はありません。「budget」のことでしょうか。使えるもの: budget。",
    ),
    "unknown_reason": (
        [('returns = ["no_need"]', 'returns = ["no_needs"]')],
        "",
        'line 70, handoffs[0].returns[0] (to_sales): "no_needs" is not a reason. Did you mean "no_need"? There are: no_need, price.',
        "70行目 handoffs[0].returns[0]（to_sales）: 「no_needs」という理由はありません。「no_need」のことでしょうか。使えるもの: no_need、price。",
    ),
    "reason_of_another_kind": (
        [('returns = ["no_need"]', 'returns = ["price"]')],
        "",
        'line 70, handoffs[0].returns[0] (to_sales): "price" is a reason of the kind "lost". A handoff is returned for a reason of the kind handoff_return, recycle, disqualify or ineligible.',
        "70行目 handoffs[0].returns[0]（to_sales）: 「price」は種類が「lost」の理由です。差し戻しに使えるのは handoff_return、recycle、disqualify、ineligible の理由です。",
    ),
    "unknown_clock_owner": (
        [('owner = "sales"', 'owner = "seles"')],
        "",
        'line 76, handoffs[0].clocks[0].owner (to_sales / accept): "seles" is not a department. Did you mean "sales"? There are: marketing, sales.',
        "76行目 handoffs[0].clocks[0].owner（to_sales / accept）: 「seles」という部門はありません。「sales」のことでしょうか。使えるもの: marketing、sales。",
    ),
    "choice_without_choices": (
        [
            (
                'label = { en = "Budget", ja = "予算" }',
                'label = { en = "Budget", ja = "予算" }\nkind = "choice"',
            )
        ],
        "",
        "line 58, questions[0].choices (budget): A question of the kind choice needs at least two choices.",
        "58行目 questions[0].choices（budget）: kind が choice の確認項目には、選択肢が2つ以上必要です。",
    ),
    "choices_without_choice": (
        [
            (
                'label = { en = "Budget", ja = "予算" }',
                'label = { en = "Budget", ja = "予算" }\nchoices = ["Yes", "No"]',
            )
        ],
        "",
        'line 61, questions[0].choices (budget): A question of the kind text has no choices. Write kind = "choice" or take them away.',
        '61行目 questions[0].choices（budget）: kind が text の確認項目に選択肢は使えません。kind = "choice" にするか、choices を消してください。',
    ),
    "promises_are_no_choice": (
        [
            (
                'label = { en = "Budget", ja = "予算" }',
                'label = { en = "Budget", ja = "予算" }\nkind = "number"\nanswered_by = "commitments"',
            )
        ],
        "",
        "line 62, questions[0].answered_by (budget): Promises are texts, and 'budget' is of the kind number. Write kind = \"text\".",
        '62行目 questions[0].answered_by（budget）: 約束は文章です。「budget」の kind は number になっています。kind = "text" にしてください。',
    ),
    "headcount_alone": (
        [
            (
                'label = { en = "Sales", ja = "営業" }',
                'label = { en = "Sales", ja = "営業" }\nheadcount = 5',
            )
        ],
        "",
        "line 12, departments[1].headcount (sales): per_person_month is missing. headcount and per_person_month are told together: their product is how many journeys a month the department can take up.",
        "12行目 departments[1].headcount（sales）: per_person_month がありません。headcount と per_person_month は両方書いてください。2つの積が、部門が1か月に対応できる案件数になります。",
    ),
    "channel_to_itself": (
        [('giver = "sales"\nreceiver = "marketing"', 'giver = "sales"\nreceiver = "sales"')],
        "",
        'line 82, channels[0].receiver (back): "sales" gives to itself. Giver and receiver are two departments.',
        "82行目 channels[0].receiver（back）: 渡し手と受け手がどちらも「sales」です。別の部門にしてください。",
    ),
    "guards_itself": (
        [('guard = "meeting_rate"', 'guard = "revenue"')],
        "",
        'line 91, metrics[0].guard (revenue): "revenue" guards itself. The guard is another metric that would get worse if this one were pushed too hard.',
        "91行目 metrics[0].guard（revenue）: 「revenue」が自分自身を guard にしています。この指標を追いすぎたときに悪くなる、別の指標にしてください。",
    ),
    "unknown_guard": (
        [('guard = "meeting_rate"', 'guard = "meeting_rat"')],
        "",
        'line 91, metrics[0].guard (revenue): "meeting_rat" is not a metric. Did you mean "meeting_rate"? There are: revenue, meeting_rate.',
        "91行目 metrics[0].guard（revenue）: 「meeting_rat」という指標はありません。「meeting_rate」のことでしょうか。使えるもの: revenue、meeting_rate。",
    ),
    "metric_cycle": (
        [('guard = "meeting_rate"', 'guard = "meeting_rate"\nparent = "meeting_rate"')],
        "",
        "line 92, metrics[0].parent (revenue): The parents go round in a cycle: revenue -> meeting_rate -> revenue. One of them must be the root, without parent.",
        "92行目 metrics[0].parent（revenue）: parent が循環しています: revenue → meeting_rate → revenue。どれか1つから parent を外して木の根にしてください。",
    ),
    "own_parent": (
        [('parent = "revenue"', 'parent = "meeting_rate"')],
        "",
        "line 98, metrics[1].parent (meeting_rate): The parents go round in a cycle: meeting_rate -> meeting_rate. One of them must be the root, without parent.",
        "98行目 metrics[1].parent（meeting_rate）: parent が循環しています: meeting_rate → meeting_rate。どれか1つから parent を外して木の根にしてください。",
    ),
    "stages_out_of_order": (
        [
            (
                'stage_from = "lead"\nstage_to = "meeting"',
                'stage_from = "meeting"\nstage_to = "lead"',
            )
        ],
        "",
        'line 100, metrics[1].stage_to (meeting_rate): No track comes from "meeting" to "lead". stage_to must come later in a track.',
        "100行目 metrics[1].stage_to（meeting_rate）: 「meeting」から「lead」へ進む商流がありません。stage_to には同じ商流でより後のフェーズを書いてください。",
    ),
    "share_as_percentage": (
        [('unit = "share"', 'unit = "share"\ntarget = 25')],
        "",
        "line 102, metrics[1].target (meeting_rate): 25 is 2500 %. A share is written as a part of one: 0.25 is 25 %.",
        "102行目 metrics[1].target（meeting_rate）: 25 は 2500% になります。割合は1を全体として書きます。25% なら 0.25 です。",
    ),
    "goal_of_one_twice": (
        [('departments = ["marketing", "sales"]', 'departments = ["sales", "sales"]')],
        "",
        'line 106, goals[0].departments[1] (together): "sales" stands twice.',
        "106行目 goals[0].departments[1]（together）: 「sales」が2回あります。",
    ),
    "unknown_goal_metric": (
        [('metric = "revenue"', 'metric = "revenu"')],
        "",
        'line 107, goals[0].metric (together): "revenu" is not a metric. Did you mean "revenue"? There are: revenue, meeting_rate.',
        "107行目 goals[0].metric（together）: 「revenu」という指標はありません。「revenue」のことでしょうか。使えるもの: revenue、meeting_rate。",
    ),
    "unknown_value_stage": (
        [('value_stage = "won"', 'value_stage = "one"')],
        "",
        'line 115, bottleneck.value_stage: "one" is not a stage. Did you mean "won"? There are: lead, meeting, won, lost, later.',
        "115行目 bottleneck.value_stage: 「one」というフェーズはありません。「won」のことでしょうか。使えるもの: lead、meeting、won、lost、later。",
    ),
    "value_stage_on_no_path": (
        [('value_stage = "won"', 'value_stage = "lost"')],
        "",
        'line 115, bottleneck.value_stage: "lost" is on the path of no track, so no value is ever counted there.',
        "115行目 bottleneck.value_stage: 「lost」はどの商流の stages にもないため、価値を数えられません。",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_problem_is_told_with_its_place(refusal: Callable[..., Text], name: str) -> None:
    changes, more, en, ja = CASES[name]

    assert refusal(*changes, more=more) == Text(
        en=f"acme.toml has 1 problem:\n  - {en}", ja=f"acme.toml に問題が1件あります:\n  - {ja}"
    )
