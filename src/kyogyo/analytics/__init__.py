"""Pure measures: tables in, tables or frozen results out. No clock, file, network or Django."""
