"""Runs what a plan executes: functions of the test, and scripts as Glue runs them."""
