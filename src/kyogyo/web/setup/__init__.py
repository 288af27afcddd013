"""The first minutes of an installation: who administers it, and which model it works by."""
