"""Deadline, retry budget, breaker, adaptive limit, single flight: state machines that take `now`, and thin asynchronous shells around them."""
