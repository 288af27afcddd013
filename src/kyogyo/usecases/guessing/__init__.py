"""Parts of guessing a mapping: what columns are called, what they hold, which shape they make."""
