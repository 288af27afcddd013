"""The picture in words, for whoever hears it instead of seeing it."""

from __future__ import annotations

from kyogyo.revenue_model.draw.scene import Scene, Step, reaches, tightest, within
from kyogyo.revenue_model.schema import Channel
from kyogyo.words import Text

HELD_BACK = Text(en="Held back here", ja="ここで滞っています")
EXITS = Text(en="How a journey ends", ja="案件の終わり")
WAY_BACK = Text(en="The way back", ja="逆の流れ")
HANDOFF = Text(en="Handoff", ja="引き継ぎ")
AGAIN = Text(en="comes back as a new journey", ja="新しい案件として再開")
_FLOWS = Text(en="The work flows from left to right.", ja="仕事は左から右へ流れます。")
_RETURNS = Text(
    en="Thin lines below carry back what was learned.",
    ja="下の細い線は、学びを前の部門に返す流れです。",
)


def title_of(scene: Scene) -> str:
    """The name of the picture."""
    between = "｜" if scene.lang == "ja" else ": "
    return f"{scene.title}{between}{scene.track.say(scene.lang)}"


def subtitle_of(scene: Scene) -> str:
    """How to read the picture."""
    return (_FLOWS + _RETURNS if scene.channels else _FLOWS).say(scene.lang)


def description(scene: Scene) -> str:
    """The stages with their departments and figures, the handoffs, the ends and the way back."""
    lang = scene.lang
    stop = "。" if lang == "ja" else ". "
    told = []
    for row in scene.rows:
        for department, steps in reaches(row):
            if (gate := steps[0].gate) is not None:
                clock = tightest(gate)
                due = f"、{within(clock).ja}" if clock and lang == "ja" else ""
                due = f", {within(clock).en}" if clock and lang == "en" else due
                told.append(f"{HANDOFF.say(lang)}: {gate.label.text.say(lang)}{due}")
            joined = (" → ").join(_step(step, scene) for step in steps)
            told.append(f"{department.label.text.say(lang)}: {joined}")
    if scene.exits:
        ends = "、" if lang == "ja" else ", "
        names = ends.join(stage.label.text.say(lang) for stage in scene.exits)
        told.append(f"{EXITS.say(lang)}: {names}")
    if scene.channels:
        ends = "、" if lang == "ja" else ", "
        names = ends.join(channel.label.text.say(lang) for channel in scene.channels)
        told.append(f"{WAY_BACK.say(lang)}: {names}")
    return stop.join(told) + stop.strip()


def answer_by(channel: Channel) -> Text:
    """By when the receiver of a channel owes an answer."""
    plural = "" if channel.due_days == 1 else "s"
    return Text(
        en=f"answer in {channel.due_days} day{plural}", ja=f"{channel.due_days}日以内に回答"
    )


def _step(step: Step, scene: Scene) -> str:
    lang = scene.lang
    name = step.stage.label.text.say(lang)
    facts = []
    if step.figures is not None:
        facts.append(step.figures.volume)
        if step.figures.rate is not None:
            facts.append(f"→ {step.figures.rate}")
        if step.figures.note is not None:
            facts.append(step.figures.note)
    if step.marked:
        facts.append(HELD_BACK.say(lang))
    if not facts:
        return name
    return f"{name}（{'、'.join(facts)}）" if lang == "ja" else f"{name} ({', '.join(facts)})"
