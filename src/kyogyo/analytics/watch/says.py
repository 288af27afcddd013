"""What the watch says: a change, the signals of a chart, and that there is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kyogyo.period import date_of
from kyogyo.words import Text, count, percent

if TYPE_CHECKING:
    from kyogyo.analytics.spc import Chart
    from kyogyo.analytics.watch.alerts import Change
    from kyogyo.analytics.watch.series import Series
    from kyogyo.revenue_model import RevenueModel


def say_subject(model: RevenueModel, series: Series | Change) -> Text:
    """What is watched: 'Lead → Meeting', or 'entries into Lead'."""
    labels = [model.stage(code).label.text for code in series.step.split(">")]
    if series.what == "conversion":
        return Text(
            en=" → ".join(label.en for label in labels), ja="→".join(label.ja for label in labels)
        )
    return Text(en=f"entries into {labels[0].en}", ja=f"「{labels[0].ja}」への流入")


def say_change(model: RevenueModel, change: Change) -> tuple[Text, Text]:
    """What happened and since when; and what that rests on."""
    subject, since = say_subject(model, change), date_of(change.since).isoformat()
    department = model.department(model.stage(change.step.split(">")[0]).department).label.text
    if change.what == "conversion":
        before, after = percent(change.before), percent(change.after)
        went = Text(en="went on in time", ja="期間内に進んだ割合")
    else:
        before, after = f"{change.before:.1f}", f"{change.after:.1f}"
        went = Text(en="came a week", ja="週あたりの件数")
    fell = change.direction == "down"
    sentence = Text(
        en=f"{subject.en} ({department.en}) has {'fallen' if fell else 'risen'} since the week of {since}: {before} {went.en} before, {after} since.",
        ja=f"{subject.ja}（{department.ja}）が {since} の週から{'下がって' if fell else '上がって'}います。{went.ja}は {before} から {after} になりました。",
    )
    cases = count(change.n_after)
    found = date_of(change.found).isoformat()
    over = (
        Text(en=f"{cases} journeys since", ja=f"変化後の案件 {cases} 件")
        if change.what == "conversion"
        else Text(en=f"{cases} weeks since", ja=f"変化後 {cases} 週")
    )
    why = Text(
        en=f"Evident since the week of {found} ({over.en}): {change.evidence:.0f} times likelier than if nothing had changed; "
        "from 20 on it is told. While nothing changes, that happens to about one series in 20, however often one looks; to more where weeks differ wildly.",
        ja=f"{found} の週に確かになりました（{over.ja}）。変化がないと考えるより {change.evidence:.0f} 倍もっともらしく、20 倍を超えたときに知らせます。"
        "変化がないのに知らせるのは、何度見直しても 20 系列に 1 つほどです（週ごとの差が激しい系列ではもう少し多くなります）。",
    )
    return sentence, why


def say_follows(model: RevenueModel, follows: list[Change]) -> Text:
    """Where the change is felt further down."""
    subjects = [say_subject(model, change) for change in follows]
    return Text(
        en=f"It is felt further down: {', '.join(subject.en for subject in subjects)}.",
        ja=f"後の区間にも表れています：{'、'.join(subject.ja for subject in subjects)}。",
    )


def say_signals(series: Series, chart: Chart) -> tuple[Text, ...]:
    """What the rules of the chart find in it: weeks beyond the limits, and one side kept for too long."""
    if chart.status != "ok":
        return ()
    told = []
    weeks = [date_of(int(series.weeks[i])).isoformat() for i in np.flatnonzero(chart.outside)]
    if weeks:
        shown = ", ".join(weeks[-3:])
        told.append(
            Text(
                en=f"Beyond the limits of chance (3 sigma) in {len(weeks)} weeks, last: {shown}.",
                ja=f"偶然の範囲（3 シグマ）を外れた週：{len(weeks)} 週（直近：{shown}）。",
            )
        )
    runs = chart.runs
    if runs.signal and runs.longest_run > runs.longest_run_max:
        told.append(
            Text(
                en=f"{runs.longest_run} weeks in a row on one side of the mean; up to {runs.longest_run_max} are chance.",
                ja=f"平均の片側に {runs.longest_run} 週続いています（偶然なら {runs.longest_run_max} 週まで）。",
            )
        )
    if runs.signal and runs.crossings < runs.crossings_min:
        told.append(
            Text(
                en=f"The mean was crossed {runs.crossings} times; at least {runs.crossings_min} are due.",
                ja=f"平均を横切ったのは {runs.crossings} 回です（偶然なら {runs.crossings_min} 回以上）。",
            )
        )
    return tuple(told)


def say_nothing(*, steps_judged: int) -> Text:
    """That there is nothing to tell, and why."""
    if not steps_judged:
        return Text(
            en="It is too early to watch: no step has 12 weeks old enough to judge.",
            ja="まだ見張れません。判断できる古さの週が 12 週ある区間がありません。",
        )
    return Text(
        en=f"Nothing out of the ordinary ({steps_judged} series watched).",
        ja=f"いつもと違う動きはありません（見ている系列: {steps_judged}）。",
    )
