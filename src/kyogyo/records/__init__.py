"""The system of record: what is stored, how it may change, who may see it.

`models/` are data, `actions/` the only way in which rows change (one verb each, one transaction
with its audit and outbox rows), `queries/` the only way in which they are read, starting from who
is asking (`access`).
"""
