"""Glue in memory. Imports neither pytest, botocore's clients, moto nor freezegun.

- `protocol`: requests and responses as bytes, the request model, validation
- `operations`: one function for each Glue operation
- `rules`: what Glue rejects and fills in, as data with source and certainty
- `engine`: the discrete-event simulation: event queue, capacity, retries, EventBridge
- `model`: jobs, runs, plans, quotas
- `service`: one Glue with its history of calls and its lock
"""
