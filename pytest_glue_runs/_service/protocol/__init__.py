"""AWS's JSON 1.1 protocol: requests are parsed and validated, responses are serialized."""
