"""Workbooks: Excel of all ages and OpenDocument, with guards against bombs."""
