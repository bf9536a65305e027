"""Upstream HTTP: the only package that sends HTTP requests to other systems."""
