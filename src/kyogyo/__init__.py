"""Kyogyo (共業): what a divided revenue organisation runs on. See README.md."""

__version__ = "0.1.0"
