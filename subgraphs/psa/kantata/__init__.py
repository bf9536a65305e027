"""Kantata OX over its REST API v1, as professional-services system."""
