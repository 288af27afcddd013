"""A B2B SaaS company of about forty people that works THE MODEL, with one hidden fault."""

from __future__ import annotations

from functools import partial

import numpy as np

from kyogyo.analytics.simulate.saas.attributes import attribute_table
from kyogyo.analytics.simulate.saas.intervening import team_numbers
from kyogyo.analytics.simulate.saas.log import write_log
from kyogyo.analytics.simulate.saas.names import person_name
from kyogyo.analytics.simulate.saas.past import live, most_leads
from kyogyo.analytics.simulate.saas.tables import entry_table, revenue_table
from kyogyo.analytics.simulate.saas.truth import find_truth
from kyogyo.analytics.simulate.saas.world import Track, World, make_world
from kyogyo.analytics.simulate.simulation import Fault, Intervention, Simulation
from kyogyo.errors import KyogyoError
from kyogyo.revenue_model import RevenueModel
from kyogyo.words import Lang

# Inside sales is measured by meetings, so meetings are made that field sales can't use.
DEMO_FAULT = Fault(stage="pending_acceptance", kind="conversion", from_month=29, factor=0.5)


def simulate_company(
    *,
    model: RevenueModel,
    seed: int,
    start_month: int,
    months: int = 36,
    monthly_leads: int = 560,
    fault: Fault | None = DEMO_FAULT,
    lang: Lang = "en",
    until: int | None = None,
    intervention: Intervention | None = None,
) -> Simulation:
    """The company of a seed, from `start_month` (year * 12 + month - 1) on, as of `months` later.

    Args:
        model: whose stages are worked; made for those of the default model. A stage that the
            simulation doesn't know is passed by seven in ten.
        monthly_leads: journeys that begin in a month, on average, those included that come back
            for another attempt. People and customers are in proportion to it.
        fault: what goes wrong, None for a company in which nothing does.
        lang: of the names of companies, people, campaigns. Nothing else depends on it.
        until: an instant (epoch microseconds) within the last month at which the data ends
            instead; revenue then ends with the month before.
        intervention: what people do about a step, None for a company that does nothing. Whatever it
            doesn't reach is as it is without it.

    Raises:
        KyogyoError: a number is out of range, or the fault has no such place in the model.

    The same arguments give the same tables. The data is cut at the end of the last month: what
    happened or was recorded later is not in them.
    """
    _check_numbers(start_month=start_month, months=months, monthly_leads=monthly_leads)
    world = make_world(
        model=model,
        seed=seed,
        start_month=start_month,
        months=months,
        monthly_leads=monthly_leads,
    )
    if fault:
        _check_fault(fault, world=world)
    if intervention:
        _check_intervention(intervention, world=world)
    past = live(
        world=world,
        replication=0,
        fault=fault,
        most=most_leads(fault),
        settle=False,
        intervention=intervention,
    )
    end = int(world.clock.micros(np.array([world.end]))[0])
    as_of = end if until is None else until
    log = write_log(past, until=world.end - (end - as_of) // 1_000_000)
    return Simulation(
        model=model,
        as_of=as_of,
        stage_entries=entry_table(past, log, lang=lang),
        attributes=attribute_table(past, log, lang=lang),
        revenue=revenue_table(past, lang=lang, months=months if as_of >= end else months - 1),
        find_truth=partial(find_truth, world=world, fault=fault, intervention=intervention),
        teams=_teams(world, intervention, lang=lang) if intervention else {},
    )


def _teams(world: World, intervention: Intervention, *, lang: Lang) -> dict[str, int]:
    """The team of everybody who is in one, by name."""
    numbers = team_numbers(world, intervention).tolist()
    # The code 0 is nobody.
    return {
        person_name(code - 1, lang=lang): team for code, team in enumerate(numbers) if team >= 0
    }


def _check_numbers(*, start_month: int, months: int, monthly_leads: int) -> None:
    for name, value, least, most in (
        ("start_month", start_month, 1950 * 12, 2090 * 12),
        ("months", months, 1, 240),
        ("monthly_leads", monthly_leads, 1, 100_000),
    ):
        if not least <= value <= most:
            raise KyogyoError(
                en=f"The simulated company can't be made with {name} = {value}. "
                f"Choose from {least} to {most}.",
                ja=f"{name} = {value} では模擬企業を作れません。"
                f"{least}から{most}の範囲で指定してください。",
            )


def _check_fault(fault: Fault, *, world: World) -> None:
    allowed = _places(fault, world=world)
    if fault.stage not in allowed:
        listed = ", ".join(allowed)
        raise KyogyoError(
            en=f"A fault of the kind '{fault.kind}' can't be at the stage '{fault.stage}'. "
            f"Choose one of: {listed}.",
            ja=f"種類 '{fault.kind}' の不具合は、フェーズ '{fault.stage}' には置けません。"
            f"次のいずれかを指定してください: {listed}",
        )
    if not 1 <= fault.from_month <= world.months or fault.factor < 0:
        raise KyogyoError(
            en=f"The fault begins in month {fault.from_month} with factor {fault.factor}. It must "
            f"begin in one of the months 1 to {world.months}, and the factor can't be negative.",
            ja=f"不具合の開始月が{fault.from_month}、係数が{fault.factor}になっています。"
            f"開始月は1から{world.months}、係数は0以上で指定してください。",
        )


def _check_intervention(intervention: Intervention, *, world: World) -> None:
    codes = [step.code for step in world.tracks[0].steps[:-1]]
    if intervention.stage not in codes:
        listed = ", ".join(codes)
        raise KyogyoError(
            en=f"Nothing can be done about the stage '{intervention.stage}'. Choose one of: {listed}.",
            ja=f"フェーズ '{intervention.stage}' には打ち手を置けません。次のいずれかを指定してください: {listed}",
        )
    if not intervention.starts or intervention.factor < 0:
        raise KyogyoError(
            en="An intervention needs at least one team and a factor that isn't negative.",
            ja="打ち手には1つ以上のチームと、0以上の係数が必要です。",
        )


def _places(fault: Fault, *, world: World) -> list[str]:
    """The stages of the divided track at which a fault of this kind makes sense."""
    track: Track = world.tracks[0]
    codes = [step.code for step in track.steps]
    if fault.kind == "capacity":
        return [step.code for step in track.steps if step.queue]
    if fault.kind == "volume":
        return codes[:1]
    if fault.kind == "price":
        return [step.code for step in track.steps if step.is_won]
    if fault.kind == "churn":
        return codes[-1:]
    won = next(n for n, step in enumerate(track.steps) if step.is_won)
    return [code for n, code in enumerate(codes[:-1]) if fault.kind == "delay" or n != won]
