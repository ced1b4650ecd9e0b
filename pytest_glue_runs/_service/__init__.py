"""Glue in memory. Knows neither pytest, botocore's clients, moto nor freezegun."""
