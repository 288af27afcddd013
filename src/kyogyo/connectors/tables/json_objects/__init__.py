"""JSON objects as rows: one a line, in a list, or in one of several lists."""
