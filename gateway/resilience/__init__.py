"""Deadline, retry budget and breaker: pure state machines that take `now`."""
