"""What an organisation declares about itself: one TOML file, one frozen object."""

from kyogyo.revenue_model.load import default_model, load_model, make_model, parse_model
from kyogyo.revenue_model.schema import RevenueModel
from kyogyo.revenue_model.sources import Source

__all__ = [
    "RevenueModel",
    "Source",
    "default_model",
    "load_model",
    "make_model",
    "parse_model",
]
