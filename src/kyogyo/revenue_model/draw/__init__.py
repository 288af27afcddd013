"""The model drawn: as an SVG for pages, as lines for a terminal."""

from kyogyo.revenue_model.draw.picture import draw_svg
from kyogyo.revenue_model.draw.scene import StageFigures
from kyogyo.revenue_model.draw.terminal import TerminalStream, draw_terminal

__all__ = ["StageFigures", "TerminalStream", "draw_svg", "draw_terminal"]
