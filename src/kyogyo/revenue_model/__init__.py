"""What an organisation declares about itself: one TOML file, one frozen object."""

from kyogyo.revenue_model.load import default_model, load_model, make_model, parse_model
from kyogyo.revenue_model.notices import check_model
from kyogyo.revenue_model.parts import Label
from kyogyo.revenue_model.schema import (
    Calendar,
    Channel,
    Clock,
    Department,
    ExitCriterion,
    Goal,
    Handoff,
    Metric,
    Question,
    Reason,
    RevenueModel,
    Settings,
    Stage,
    Track,
    Value,
)
from kyogyo.revenue_model.sources import Columns, Source, Status

__all__ = [
    "Calendar",
    "Channel",
    "Clock",
    "Columns",
    "Department",
    "ExitCriterion",
    "Goal",
    "Handoff",
    "Label",
    "Metric",
    "Question",
    "Reason",
    "RevenueModel",
    "Settings",
    "Source",
    "Stage",
    "Status",
    "Track",
    "Value",
    "check_model",
    "default_model",
    "load_model",
    "make_model",
    "parse_model",
]
