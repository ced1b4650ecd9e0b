"""The discrete-event simulation that moves runs through their states."""
