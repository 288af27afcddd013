"""What is odd about a valid model: it can be used, but probably isn't what was meant."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from kyogyo.revenue_model.schema import Clock, Handoff, RevenueModel
from kyogyo.revenue_model.sources import Source
from kyogyo.words import Text


def check_model(model: RevenueModel) -> tuple[Text, ...]:
    """The warnings about a valid model, in the order of the file's sections; none is an error."""
    rules = (
        _idle_departments,
        _staff_unused,
        _tracks_without_value,
        _stages_in_no_track,
        _handoffs,
        _criteria_met_by_nothing,
        _unasked_questions,
        _metrics_without_guard,
        _stages_without_data,
        _data_outside_its_track,
    )
    return tuple(text for rule in rules for text in rule(model))


def _idle_departments(model: RevenueModel) -> Iterator[Text]:
    busy = {stage.department for stage in model.stages}
    for department in model.departments:
        if department.code not in busy:
            yield Text(
                en=f'The department "{department.code}" has no stage.',
                ja=f"部門「{department.code}」が担当するフェーズがありません。",
            )


def _staff_unused(model: RevenueModel) -> Iterator[Text]:
    """Only who is handed journeys before the sale can be the one they wait for."""
    receiving: set[str] = set()
    for track in model.tracks:
        path, sale = model.path(track.code), model.value_stage(track.code)
        upto = path.index(sale) + 1 if sale in path else 0
        receiving |= {
            after.department
            for before, after in pairwise(path[:upto])
            if before.department != after.department
        }
    for code in model.staff:
        if code not in receiving:
            yield Text(
                en=f'The headcount of "{code}" isn\'t used: on no track another department hands it journeys '
                "before the sale.",
                ja=f"部門「{code}」の headcount は使われません。受注までにほかの部門から案件を受け取る商流がないためです。",
            )


def _tracks_without_value(model: RevenueModel) -> Iterator[Text]:
    for track in model.tracks:
        if model.value_stage(track.code) is None:
            yield Text(
                en=f'The track "{track.code}" has no stage of the type won: '
                "what a delay or a loss costs can't be counted on it.",
                ja=f"商流「{track.code}」に type が won のフェーズがありません。"
                "遅れや取りこぼしの金額を計算できません。",
            )


def _stages_in_no_track(model: RevenueModel) -> Iterator[Text]:
    held = {code for track in model.tracks for code in (*track.stages, *track.exits)}
    for stage in model.stages:
        if stage.code not in held:
            yield Text(
                en=f'The stage "{stage.code}" is in no track, so nothing is counted there. '
                "Add it to the stages or exits of a track.",
                ja=f"フェーズ「{stage.code}」はどの商流にもなく、集計の対象になりません。"
                "商流の stages か exits に加えてください。",
            )


def _handoffs(model: RevenueModel) -> Iterator[Text]:
    for handoff in model.handoffs:
        for role, code, stage in (
            ("giver", handoff.giver, handoff.from_stage),
            ("receiver", handoff.receiver, handoff.to_stage),
            ("receiver", handoff.receiver, handoff.accepted_stage),
        ):
            if stage is None:
                continue
            owner = model.stage(stage).department
            if owner != code:
                yield Text(
                    en=f'The handoff "{handoff.code}" names "{code}" as its {role}, '
                    f'but the stage "{stage}" belongs to "{owner}".',
                    ja=f"引き継ぎ「{handoff.code}」の {role} は「{code}」ですが、"
                    f"フェーズ「{stage}」の部門は「{owner}」です。",
                )
        for clock in handoff.clocks:
            if clock.owner not in (handoff.giver, handoff.receiver):
                yield Text(
                    en=f'The clock "{clock.code}" of the handoff "{handoff.code}" runs for '
                    f'"{clock.owner}", which neither gives nor receives.',
                    ja=f"引き継ぎ「{handoff.code}」の期限「{clock.code}」の担当「{clock.owner}」は、"
                    "渡し手でも受け手でもありません。",
                )
            elif clock.owner != _stops(clock, handoff):
                yield Text(
                    en=f'The clock "{clock.code}" of the handoff "{handoff.code}" runs for "{clock.owner}", '
                    f'but "{_stops(clock, handoff)}" stops it (until = "{clock.until}").',
                    ja=f"引き継ぎ「{handoff.code}」の期限「{clock.code}」の担当は「{clock.owner}」ですが、"
                    f'止めるのは「{_stops(clock, handoff)}」です（until = "{clock.until}"）。',
                )


def _stops(clock: Clock, handoff: Handoff) -> str:
    """The department whose act stops a clock."""
    return handoff.giver if clock.until in ("offer", "resubmission") else handoff.receiver


def _criteria_met_by_nothing(model: RevenueModel) -> Iterator[Text]:
    """Criteria that an acceptance meets, of stages which no acceptance leaves."""
    left = {
        handoff.to_stage if handoff.accepted_stage else handoff.from_stage
        for handoff in model.handoffs
    }
    for stage in model.stages:
        for criterion in stage.exit_criteria:
            if criterion.met_by == "acceptance" and stage.code not in left:
                yield Text(
                    en=f'The criterion "{criterion.code}" of the stage "{stage.code}" is met by an '
                    "acceptance, but accepting a handoff never leaves that stage: nothing meets it.",
                    ja=f"フェーズ「{stage.code}」の完了条件「{criterion.code}」は引き継ぎの受け入れで"
                    "満たされますが、受け入れによってこのフェーズを出る引き継ぎがありません。",
                )
            elif criterion.met_by == "answers" and not _hands_over_later(model, stage.code):
                yield Text(
                    en=f'The criterion "{criterion.code}" of the stage "{stage.code}" is met by the '
                    "answers for the next handoff, but no track has a handoff at or after that stage: "
                    "somebody has to tick it.",
                    ja=f"フェーズ「{stage.code}」の完了条件「{criterion.code}」は次の引き継ぎへの回答で"
                    "満たされますが、このフェーズ以降に引き継ぎのある商流がありません。手で記録することになります。",
                )


def _hands_over_later(model: RevenueModel, stage: str) -> bool:
    """Whether a track has a handoff at `stage` or after it."""
    given = {one.from_stage for one in model.handoffs}
    return any(
        given & set(track.stages[track.stages.index(stage) :])
        for track in model.tracks
        if stage in track.stages
    )


def _unasked_questions(model: RevenueModel) -> Iterator[Text]:
    asked = {code for handoff in model.handoffs for code in handoff.questions}
    for question in model.questions:
        if question.code not in asked:
            yield Text(
                en=f'The question "{question.code}" belongs to no handoff, so nobody is asked it.',
                ja=f"確認項目「{question.code}」はどの引き継ぎにもなく、誰にも尋ねられません。",
            )


def _metrics_without_guard(model: RevenueModel) -> Iterator[Text]:
    for metric in model.metrics:
        if metric.owner is not None and metric.guard is None:
            yield Text(
                en=f'The metric "{metric.code}" has an owner but no guard. Name the metric that would '
                "get worse if this one were pushed too hard.",
                ja=f"指標「{metric.code}」には owner がいますが guard がありません。"
                "この指標を追いすぎたときに悪くなる指標を guard にしてください。",
            )


def _stages_without_data(model: RevenueModel) -> Iterator[Text]:
    """Stages on a path that no source fills, as far as the mapping alone can tell."""
    for track in model.tracks:
        sources = [source for source in model.sources if _feeds(source, track.code, model)]
        filled = [_filled(source) for source in sources]
        if not filled or None in filled:
            continue
        known = {code for codes in filled if codes for code in codes}
        for code in track.stages:
            if code not in known:
                yield Text(
                    en=f'No source fills the stage "{code}" of the track "{track.code}": '
                    "it will be empty.",
                    ja=f"商流「{track.code}」のフェーズ「{code}」に入るデータ元がありません。"
                    "空のままになります。",
                )


def _feeds(source: Source, track: str, model: RevenueModel) -> bool:
    if source.shape == "attributes" or (source.shape == "revenue" and source.enters is None):
        return False
    return (source.track or model.tracks[0].code) == track


def _filled(source: Source) -> frozenset[str] | None:
    """The stages a source can fill; None when its texts are stage codes themselves."""
    if source.shape in ("events", "history") and not source.stage_values:
        return None
    ended = source.status.values.values() if source.status else ()
    entered = (source.enters,) if source.enters else ()
    return frozenset((*source.stages, *source.stage_values.values(), *ended, *entered))


def _data_outside_its_track(model: RevenueModel) -> Iterator[Text]:
    for source in model.sources:
        if source.track is None:
            continue
        track = model.track(source.track)
        outside = (_filled(source) or frozenset()) - {*track.stages, *track.exits}
        for code in sorted(outside, key=model.stage_number):
            yield Text(
                en=f'The source "{source.name}" fills the stage "{code}", '
                f'which is not part of its track "{track.code}".',
                ja=f"データ元「{source.name}」はフェーズ「{code}」にデータを入れますが、"
                f"商流「{track.code}」にそのフェーズはありません。",
            )
