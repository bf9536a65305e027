"""Tryton 8.2 over its REST interface, as customer relationship, professional-services and human-resources system."""
