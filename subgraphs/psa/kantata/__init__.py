"""Kantata OX over its REST API v1: a professional-services system."""
