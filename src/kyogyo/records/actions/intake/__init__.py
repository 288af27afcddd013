"""Writing many rows at a time. `actions.imports` is the way in."""
