"""The numbers that make the simulated company: a B2B SaaS vendor of about forty people in sales.

They are choices, plausible beside published ranges, and belong to nobody: lead to won about 3 %,
accepted meeting to won about 28 %, 60 to 90 days from one to the other, just under 1 % of customers
lost a month.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class StageProfile:
    """How journeys leave a stage.

    `advance` is the chance to go on; `days` and `spread` are the median and the log standard
    deviation of the time to the next stage, in working days (calendar days where `by_rule`);
    `exits` are the shares of those that don't go on by how they end, what is missing to 1 stays
    open for ever; `cooling` is how much of the log chance a day more than usual takes away;
    `skip` and `back` are the chances that the stage is passed without being recorded, and that the
    journey goes back one stage once.
    """

    advance: float
    days: float
    spread: float
    exits: Mapping[str, float] = field(default_factory=dict)
    cooling: float = 0.0
    skip: float = 0.0
    back: float = 0.0
    by_rule: bool = False
    by_source: Mapping[str, float] = field(default_factory=dict)
    by_segment: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueueProfile:
    """Where journeys wait for people: in `stage`, for those of the role that works the next one.

    `load` is the share of the people's time that demand takes on average; who waits longer than
    `patience` working days is gone (recycled); a working day of waiting takes `cooling` from the
    log chance.
    """

    stage: str
    role: str
    load: float
    patience: float
    cooling: float


@dataclass(frozen=True, slots=True)
class RoleProfile:
    """A group of people. `home` is a stage of their department; `ramp` the share of full output in
    each of the first months; `size` the head count in the last month at the usual volume."""

    code: str
    home: str
    size: int
    ramp: tuple[float, ...]
    skill: float
    teams: tuple[str, ...]


_DEAL = {"lost": 0.5, "no_decision": 0.4}
STAGES: Mapping[str, StageProfile] = {
    "lead": StageProfile(
        advance=0.54,
        days=6.0,
        spread=1.1,
        exits={"recycled": 0.56, "disqualified": 0.37},
        by_rule=True,
        by_source={
            "web": 1.08,
            "webinar": 0.86,
            "event": 0.78,
            "referral": 1.5,
            "outbound": 1.0,
            "partner": 1.4,
        },
    ),
    "mql": StageProfile(
        advance=0.86,
        days=0.25,
        spread=0.9,
        exits={"recycled": 0.45, "disqualified": 0.55},
        by_source={"referral": 1.08, "event": 0.95, "partner": 1.05},
    ),
    "working": StageProfile(
        advance=0.60,
        days=3.5,
        spread=0.9,
        exits={"recycled": 0.74, "disqualified": 0.22},
        cooling=0.01,
        by_source={"referral": 1.35, "partner": 1.25, "outbound": 0.82, "event": 0.9, "web": 1.04},
        by_segment={"ent": 0.92},
    ),
    "qualifying": StageProfile(
        advance=0.62,
        days=4.5,
        spread=0.8,
        exits={"recycled": 0.63, "disqualified": 0.31},
        cooling=0.008,
        skip=0.035,
        by_source={"referral": 1.25, "partner": 1.15, "webinar": 0.93, "outbound": 0.97},
    ),
    "meeting_set": StageProfile(
        advance=0.86,
        days=6.5,
        spread=0.5,
        exits={"recycled": 0.78, "disqualified": 0.17},
        back=0.05,
        by_source={"referral": 1.08, "outbound": 0.95},
    ),
    "pending_acceptance": StageProfile(
        advance=0.76,
        days=0.3,
        spread=0.8,
        exits={"recycled": 0.62, "disqualified": 0.36},
        by_source={"referral": 1.1, "outbound": 0.93, "webinar": 0.95},
        by_segment={"smb": 0.97, "ent": 1.04},
    ),
    "discovery": StageProfile(
        advance=0.69,
        days=9.0,
        spread=0.75,
        exits={"lost": 0.35, "no_decision": 0.35, "recycled": 0.2},
        cooling=0.004,
        by_source={"referral": 1.12},
    ),
    "evaluation": StageProfile(
        advance=0.71,
        days=11.0,
        spread=0.75,
        exits=_DEAL,
        cooling=0.004,
        skip=0.04,
        back=0.03,
        by_segment={"ent": 0.95},
    ),
    "proposal": StageProfile(
        advance=0.66,
        days=9.0,
        spread=0.7,
        exits=_DEAL,
        cooling=0.004,
        back=0.04,
        by_source={"referral": 1.12, "partner": 1.05, "web": 0.97},
        by_segment={"smb": 1.03, "ent": 0.92},
    ),
    "negotiation": StageProfile(
        advance=0.76,
        days=9.0,
        spread=0.7,
        exits=_DEAL,
        cooling=0.003,
        skip=0.03,
        back=0.03,
    ),
    "won": StageProfile(advance=1.0, days=2.0, spread=0.6),
    "onboarding": StageProfile(advance=0.9, days=32.0, spread=0.5, cooling=0.002),
}
# What a stage that the list above doesn't know does.
ANY_STAGE = StageProfile(advance=0.7, days=5.0, spread=0.8, exits={"lost": 0.9})

QUEUES = (
    QueueProfile("mql", "inside_sales", load=0.74, patience=10.0, cooling=0.06),
    QueueProfile("pending_acceptance", "field_sales", load=0.74, patience=15.0, cooling=0.03),
    QueueProfile("won", "customer_success", load=0.62, patience=1e9, cooling=0.01),
)
# One person does it all, so the first queue is the only one. No rule sorts the leads for him.
FULL_CYCLE_QUEUE = QueueProfile("lead", "full_cycle", load=0.72, patience=15.0, cooling=0.04)
FULL_CYCLE_LEAD = replace(STAGES["lead"], advance=0.47, days=1.5, by_rule=False)
# Whoever sells what they found themselves talks to fewer, and knows better whom to meet.
FULL_CYCLE_RATES: Mapping[str, float] = {
    "working": 0.92,
    "meeting_set": 0.87,
    "discovery": 1.06,
    "proposal": 1.03,
}
FULL_CYCLE_CHURN = 0.8

ROLES = (
    RoleProfile("marketing", "lead", 6, (1.0,), 0.0, ("",)),
    RoleProfile("inside_sales", "working", 10, (0.3, 0.6, 0.85), 0.05, ("inbound", "outbound")),
    RoleProfile("field_sales", "discovery", 16, (0.2, 0.4, 0.6, 0.8), 0.06, ("smb", "large")),
    RoleProfile("customer_success", "onboarding", 8, (0.4, 0.7), 0.04, ("",)),
    RoleProfile("full_cycle", "discovery", 3, (0.3, 0.5, 0.7, 0.9), 0.05, ("",)),
)

# How often each of the model's reasons is given, relative to the others of its kind, which are 1.
REASON_WEIGHTS: Mapping[str, float] = {
    "no_response": 5.0,
    "bad_timing": 2.5,
    "no_interest": 2.5,
    "evaluating": 2.0,
    "no_budget": 1.8,
    "in_contract_own": 0.3,
    "no_action": 0.5,
    "bad_data": 3.0,
    "no_authority": 2.0,
    "personal_use": 1.5,
    "wrong_industry": 1.5,
    "is_competitor": 0.5,
    "no_next_step": 2.5,
    "wrong_person": 2.0,
    "no_need": 2.0,
    "territory": 0.4,
    "duplicate_record": 0.5,
    "lost_price": 3.0,
    "lost_competitor": 2.5,
    "lost_timing": 2.0,
    "lost_function": 1.8,
    "churn_adoption": 2.5,
    "churn_budget": 1.5,
}
# Of what sales returns is not as noted: usually, and when a fault makes them accept less.
MISMATCHED = (0.15, 0.45)

FIRST_ATTEMPTS = 0.9  # of the leads of a month; the others are back for another attempt
ATTEMPTS = 3
# How a journey that comes back fares, relative to a new one.
RETURNED_RATES: Mapping[str, float] = {"lead": 1.2, "working": 0.82, "qualifying": 0.9}
# The chance to come back after each way to end, and the median of the days until then.
RETURNS: Mapping[str, tuple[float, float]] = {
    "recycled": (0.28, 110.0),
    "lost": (0.12, 240.0),
    "no_decision": (0.16, 200.0),
}
SOONEST_RETURN = 35  # days; a month at the least, since months are worked one after the other

# Standard deviation of the log rate of a step from month to month, around its own mean.
DRIFT = 0.02
DRIFT_MEMORY = 0.5
PRICE_RISE = 0.03  # a year
