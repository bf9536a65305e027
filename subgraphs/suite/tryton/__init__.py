"""Tryton 8.2 over its REST interface, as professional-services and human-resources system."""
