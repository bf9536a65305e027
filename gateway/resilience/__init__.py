"""Deadline, retry budget, circuit breaker, adaptive concurrency limit and single flight.

State machines that take `now`, and thin asynchronous wrappers around them.
"""
