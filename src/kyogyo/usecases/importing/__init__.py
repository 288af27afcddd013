"""Parts of importing a history: find files, read their rows by a mapping, write verdicts."""
