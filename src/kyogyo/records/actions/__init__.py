"""What may be done: one verb a function, keyword-only, one transaction with its audit and outbox rows."""
