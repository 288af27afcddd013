"""Signing in and what keeps it safe. The pages are those of allauth in our layout."""
