"""Data: jobs, runs, plans, quotas, and what holds for a run."""
