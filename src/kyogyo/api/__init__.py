"""The programming interface, for other programs and for AI agents."""
