"""Between clients and the service. The ways in are `botocore` and `aiobotocore`; `routing` says
who answers, `moto` is the door to all else. What lies around clients is held still meanwhile:
`environment`, `sessions`, `retries`, `pacing`.
"""
