"""The commands. Each parses, makes one call below, and says the answer."""
