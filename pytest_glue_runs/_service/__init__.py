"""Glue in memory. Knows neither pytest, botocore's clients, moto nor freezegun.

From the outside in: `wire` has bytes, `glue` the calls, `operations` one function for each of
them, `rules` what is refused and filled in, `shapes` and `readers` what a request may be.
`simulation` moves runs along the `agenda`, with what `room`, `restarts`, `plan` and `quotas` say;
`store`, `job`, `run` and `terms` remember. `notices`, `faults` and `watch` are for the test.
"""
