"""What a person wants done, one module a verb: where connectors, mirror and analytics meet."""
