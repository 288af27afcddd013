"""CSV and its kin: delimiters, quotation marks, broken lines."""
