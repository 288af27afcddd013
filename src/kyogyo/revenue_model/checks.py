"""What must hold between the parts of a model: each rule finds the places where it doesn't."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from kyogyo.revenue_model.declaration import Declaration, code_of
from kyogyo.revenue_model.lines import Path
from kyogyo.revenue_model.problems import Problem
from kyogyo.revenue_model.question_checks import problems_of_questions
from kyogyo.revenue_model.references import repeats, twice, unknown, unknown_in
from kyogyo.revenue_model.schema import Handoff
from kyogyo.revenue_model.source_checks import problems_of_sources
from kyogyo.revenue_model.spelling import NOUNS
from kyogyo.words import Text

_ENDS = ("lost", "recycled", "on_hold")
_NOT_FOR_RETURNS = ("lost", "churn")
# A share above this was surely meant as a percentage. NRR can well be 1.3.
_LARGEST_SHARE = 3.0


def find_problems(declared: Declaration) -> list[Problem]:
    """Everything in the parts of the model that contradicts another part."""
    rules = (
        _repeated_codes,
        _calendar,
        _staff,
        _tracks,
        _stages,
        _handoffs,
        problems_of_questions,
        _channels,
        _metrics,
        _metric_cycles,
        _goals,
        _bottleneck,
        problems_of_sources,
    )
    return [problem for rule in rules for problem in rule(declared)]


def _repeated_codes(declared: Declaration) -> Iterator[Problem]:
    for kind, section in (
        ("department", declared.departments),
        ("track", declared.tracks),
        ("stage", declared.stages),
        ("handoff", declared.handoffs),
        ("question", declared.questions),
        ("reason", declared.reasons),
        ("channel", declared.channels),
        ("metric", declared.metrics),
        ("goal", declared.goals),
        ("value", declared.values),
        ("source", declared.sources),
    ):
        places = [index for index, _ in section.entries]
        key = "name" if kind == "source" else "code"
        for position, code, first in repeats(code_of(entry) for _, entry in section.entries):
            where: Path = (section.name, places[position], key)
            yield Problem(where, _taken(kind, code, f"{section.name}[{places[first]}]"))
    for index, stage in declared.stages:
        codes = [criterion.code for criterion in stage.exit_criteria]
        for position, code, first in repeats(codes):
            where = ("stages", index, "exit_criteria", position, "code")
            yield Problem(where, _taken("criterion", code, f"exit_criteria[{first}]"))
    for index, handoff in declared.handoffs:
        for position, code, first in repeats(clock.code for clock in handoff.clocks):
            where = ("handoffs", index, "clocks", position, "code")
            yield Problem(where, _taken("clock", code, f"clocks[{first}]"))


def _taken(kind: str, code: str, first: str) -> Text:
    noun = NOUNS[kind]
    return Text(
        en=f'The code "{code}" is taken by {first}. Each {noun.en} needs a code of its own.',
        ja=f"コード「{code}」は {first} で使われています。{noun.ja}ごとに別のコードを付けてください。",
    )


def _calendar(declared: Declaration) -> Iterator[Problem]:
    calendar = declared.calendar
    if calendar is None:
        return
    if calendar.close <= calendar.open:
        yield Problem(
            ("calendar", "close"),
            Text(
                en=f"The day ends at {calendar.close} but begins at {calendar.open}. "
                "close must be later than open.",
                ja=f"終業 {calendar.close} が始業 {calendar.open} より後になっていません。"
                "close は open より後の時刻にしてください。",
            ),
        )
    for position, day, _ in repeats(str(day) for day in calendar.working_days):
        yield Problem(
            ("calendar", "working_days", position),
            Text(en=f"The day {day} stands twice.", ja=f"曜日 {day} が2回あります。"),
        )


def _tracks(declared: Declaration) -> Iterator[Problem]:
    for index, track in declared.tracks:
        for key, codes in (("stages", track.stages), ("exits", track.exits)):
            where: Path = ("tracks", index, key)
            yield from unknown_in("stage", codes, declared.stages, where)
            for position, code, _ in repeats(codes):
                yield Problem((*where, position), _cycle(code) if key == "stages" else twice(code))
        for position, code in enumerate(track.exits):
            if code in track.stages:
                yield Problem(("tracks", index, "exits", position), _both(code))
            elif (stage := declared.stages.find(code)) and stage.type not in _ENDS:
                yield Problem(("tracks", index, "exits", position), _no_end(code, stage.type))
        for position, code in enumerate(track.stages):
            stage = declared.stages.find(code)
            if stage and stage.type in ("lost", "recycled"):
                yield Problem(("tracks", index, "stages", position), _no_step(code, stage.type))


def _cycle(code: str) -> Text:
    return Text(
        en=f'The path comes to "{code}" a second time: that is a cycle. A stage stands once in a '
        "track; who comes back later starts a new journey.",
        ja=f"「{code}」を2回通る循環になっています。1つの商流に同じフェーズは1回だけです。"
        "後日の再開は新しい案件として数えます。",
    )


def _both(code: str) -> Text:
    return Text(
        en=f'"{code}" is on the path of this track and among its exits. It can be one of them.',
        ja=f"「{code}」がこの商流の stages と exits の両方にあります。どちらか一方にしてください。",
    )


def _no_end(code: str, kind: str) -> Text:
    return Text(
        en=f'"{code}" has type "{kind}", which ends no journey. '
        f"An exit has one of these types: {', '.join(_ENDS)}.",
        ja=f"「{code}」の type は「{kind}」で、案件の終わりになりません。"
        f"exits に置けるのは type が {'、'.join(_ENDS)} のフェーズです。",
    )


def _no_step(code: str, kind: str) -> Text:
    return Text(
        en=f'"{code}" has type "{kind}", which ends a journey, so it can\'t be a step of the path. '
        "Move it to exits.",
        ja=f"「{code}」の type は「{kind}」で案件が終わるため、途中の段階には置けません。"
        "exits に移してください。",
    )


def _stages(declared: Declaration) -> Iterator[Problem]:
    for index, stage in declared.stages:
        where: Path = ("stages", index, "department")
        yield from unknown("department", stage.department, declared.departments, where)


def _handoffs(declared: Declaration) -> Iterator[Problem]:
    neighbours = {pair for _, track in declared.tracks for pair in pairwise(track.stages)}
    tracks_known = _tracks_known(declared)
    for index, handoff in declared.handoffs:
        where: Path = ("handoffs", index)
        for key in ("giver", "receiver"):
            code = getattr(handoff, key)
            yield from unknown("department", code, declared.departments, (*where, key))
        yield from _itself(handoff.giver, handoff.receiver, (*where, "receiver"))
        ends = (handoff.from_stage, handoff.to_stage)
        for key, code in zip(("from_stage", "to_stage"), ends, strict=True):
            yield from unknown("stage", code, declared.stages, (*where, key))
        both_known = all(code in declared.stages for code in ends)
        if both_known and tracks_known and ends not in neighbours:
            yield Problem((*where, "to_stage"), _not_next(*ends, declared))
        yield from _accepted_stage(handoff, declared, (*where, "accepted_stage"))
        yield from unknown_in(
            "question", handoff.questions, declared.questions, (*where, "questions")
        )
        yield from unknown_in("reason", handoff.returns, declared.reasons, (*where, "returns"))
        for position, code in enumerate(handoff.returns):
            reason = declared.reasons.find(code)
            if reason and reason.kind in _NOT_FOR_RETURNS:
                yield Problem((*where, "returns", position), _no_return(code, reason.kind))
        for position, clock in enumerate(handoff.clocks):
            place = (*where, "clocks", position, "owner")
            yield from unknown("department", clock.owner, declared.departments, place)


def _accepted_stage(handoff: Handoff, declared: Declaration, path: Path) -> Iterator[Problem]:
    """It follows the stage where the journey waits, on a track that comes there from `from_stage`."""
    code, waits = handoff.accepted_stage, handoff.to_stage
    yield from unknown("stage", code, declared.stages, path)
    if code is None or not _tracks_known(declared):
        return
    if any(one not in declared.stages for one in (handoff.from_stage, waits, code)):
        return
    paths = [track.stages for _, track in declared.tracks]
    if not any((waits, code) in pairwise(stages) for stages in paths):
        yield Problem(path, _not_next(waits, code, declared))
        return
    way = (handoff.from_stage, waits, code)
    comes_there = {pair for stages in paths for pair in pairwise(stages)}
    if way[:2] in comes_there and not any(
        way in zip(stages, stages[1:], stages[2:], strict=False) for stages in paths
    ):
        yield Problem(path, _not_one_way(*way))


def _not_one_way(from_stage: str, to_stage: str, accepted_stage: str) -> Text:
    return Text(
        en=f'No track comes from "{from_stage}" over "{to_stage}" to "{accepted_stage}". '
        "A handoff runs along one track.",
        ja=f"「{from_stage}」から「{to_stage}」を経て「{accepted_stage}」へ進む商流がありません。"
        "1つの商流で続く3つのフェーズにしてください。",
    )


def _tracks_known(declared: Declaration) -> bool:
    """A track that couldn't be read, or has a word that is no stage, might hold what is missed
    elsewhere: one fault is told once."""
    every_read = 0 < declared.tracks.written == len(declared.tracks.entries)
    return every_read and all(
        code in declared.stages for _, track in declared.tracks for code in track.stages
    )


def _staff(declared: Declaration) -> Iterator[Problem]:
    """Neither number says anything without the other."""
    for index, department in declared.departments:
        told = {name: getattr(department, name) for name in ("headcount", "per_person_month")}
        missing = [name for name, value in told.items() if value is None]
        if len(missing) == 1:
            (given,) = told.keys() - set(missing)
            yield Problem(
                ("departments", index, given),
                Text(
                    en=f"{missing[0]} is missing. headcount and per_person_month are told together: "
                    "their product is how many journeys a month the department can take up.",
                    ja=f"{missing[0]} がありません。headcount と per_person_month は両方書いてください。"
                    "2つの積が、部門が1か月に対応できる案件数になります。",
                ),
            )


def _itself(giver: str, receiver: str, path: Path) -> Iterator[Problem]:
    if giver == receiver:
        yield Problem(
            path,
            Text(
                en=f'"{giver}" gives to itself. Giver and receiver are two departments.',
                ja=f"渡し手と受け手がどちらも「{giver}」です。別の部門にしてください。",
            ),
        )


def _not_next(from_stage: str, to_stage: str, declared: Declaration) -> Text:
    following = {
        b for _, track in declared.tracks for a, b in pairwise(track.stages) if a == from_stage
    }
    says = Text(
        en=f'"{to_stage}" doesn\'t come right after "{from_stage}" in any track.',
        ja=f"どの商流でも「{from_stage}」の次は「{to_stage}」ではありません。",
    )
    if not following:
        return says + Text(
            en=f'Nothing comes after "{from_stage}".',
            ja=f"「{from_stage}」の次のフェーズはありません。",
        )
    return says + Text(
        en=f"After it comes: {', '.join(sorted(following))}.",
        ja=f"次に来るのは {'、'.join(sorted(following))} です。",
    )


def _no_return(code: str, kind: str) -> Text:
    return Text(
        en=f'"{code}" is a reason of the kind "{kind}". A handoff is returned for a reason of the '
        "kind handoff_return, recycle, disqualify or ineligible.",
        ja=f"「{code}」は種類が「{kind}」の理由です。差し戻しに使えるのは "
        "handoff_return、recycle、disqualify、ineligible の理由です。",
    )


def _channels(declared: Declaration) -> Iterator[Problem]:
    for index, channel in declared.channels:
        for key in ("giver", "receiver"):
            code = getattr(channel, key)
            yield from unknown("department", code, declared.departments, ("channels", index, key))
        yield from _itself(channel.giver, channel.receiver, ("channels", index, "receiver"))


def _metrics(declared: Declaration) -> Iterator[Problem]:
    for index, metric in declared.metrics:
        where: Path = ("metrics", index)
        yield from unknown(
            "department", metric.department, declared.departments, (*where, "department")
        )
        for key in ("guard", "parent"):
            yield from unknown("metric", getattr(metric, key), declared.metrics, (*where, key))
        for key in ("stage_from", "stage_to"):
            yield from unknown("stage", getattr(metric, key), declared.stages, (*where, key))
        if metric.guard == metric.code:
            yield Problem(
                (*where, "guard"),
                Text(
                    en=f'"{metric.code}" guards itself. The guard is another metric that would get '
                    "worse if this one were pushed too hard.",
                    ja=f"「{metric.code}」が自分自身を guard にしています。"
                    "この指標を追いすぎたときに悪くなる、別の指標にしてください。",
                ),
            )
        ends = (metric.stage_from, metric.stage_to)
        if all(code in declared.stages for code in ends) and not _in_order(*ends, declared):
            yield Problem((*where, "stage_to"), _out_of_order(*ends))
        if metric.unit == "share" and metric.target is not None and metric.target > _LARGEST_SHARE:
            yield Problem((*where, "target"), _percentage(metric.target))


def _in_order(first: str | None, second: str | None, declared: Declaration) -> bool:
    """Whether a track comes to `first` and later to `second`, on its path or at an exit."""
    for _, track in declared.tracks:
        way = (*track.stages, *track.exits)
        if first in track.stages and second in way and way.index(second) > way.index(first):
            return True
    return not _tracks_known(declared)


def _out_of_order(first: str | None, second: str | None) -> Text:
    return Text(
        en=f'No track comes from "{first}" to "{second}". stage_to must come later in a track.',
        ja=f"「{first}」から「{second}」へ進む商流がありません。"
        "stage_to には同じ商流でより後のフェーズを書いてください。",
    )


def _percentage(target: float) -> Text:
    return Text(
        en=f"{target:g} is {target * 100:g} %. A share is written as a part of one: "
        f"{target / 100:g} is {target:g} %.",
        ja=f"{target:g} は {target * 100:g}% になります。割合は1を全体として書きます。"
        f"{target:g}% なら {target / 100:g} です。",
    )


def _metric_cycles(declared: Declaration) -> Iterator[Problem]:
    parents = {metric.code: metric.parent for _, metric in declared.metrics}
    told: set[str] = set()
    for index, metric in declared.metrics:
        walked: list[str] = []
        code: str | None = metric.code
        while code in parents and code not in walked:
            walked.append(code)
            code = parents[code]
        if code == metric.code and code not in told:
            told.update(walked)
            way = [*walked, metric.code]
            yield Problem(
                ("metrics", index, "parent"),
                Text(
                    en=f"The parents go round in a cycle: {' -> '.join(way)}. "
                    "One of them must be the root, without parent.",
                    ja=f"parent が循環しています: {' → '.join(way)}。"
                    "どれか1つから parent を外して木の根にしてください。",
                ),
            )


def _goals(declared: Declaration) -> Iterator[Problem]:
    for index, goal in declared.goals:
        where: Path = ("goals", index)
        yield from unknown_in(
            "department", goal.departments, declared.departments, (*where, "departments")
        )
        for position, code, _ in repeats(goal.departments):
            yield Problem((*where, "departments", position), twice(code))
        yield from unknown("metric", goal.metric, declared.metrics, (*where, "metric"))


def _bottleneck(declared: Declaration) -> Iterator[Problem]:
    code = declared.bottleneck.value_stage if declared.bottleneck else None
    where: Path = ("bottleneck", "value_stage")
    yield from unknown("stage", code, declared.stages, where)
    on_paths = Counter(step for _, track in declared.tracks for step in track.stages)
    if code in declared.stages and _tracks_known(declared) and not on_paths[str(code)]:
        yield Problem(
            where,
            Text(
                en=f'"{code}" is on the path of no track, so no value is ever counted there.',
                ja=f"「{code}」はどの商流の stages にもないため、価値を数えられません。",
            ),
        )
