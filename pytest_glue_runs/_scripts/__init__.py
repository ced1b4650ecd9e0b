"""Executes the functions and scripts of plans."""
