"""The ways in: each turns a client's request into bytes for the service, and its bytes back."""
