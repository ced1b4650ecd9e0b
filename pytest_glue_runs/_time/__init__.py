"""Time: durations, the clock that drives the runs, and sleep on a frozen clock."""
