"""One report, three renderings: a page, a terminal, and JSON for machines."""
