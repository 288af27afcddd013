"""Where data comes from: one package a kind of source, rows of text out.

Connectors know nothing of each other, of the declared model or of the store.
"""
