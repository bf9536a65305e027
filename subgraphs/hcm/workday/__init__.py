"""Workday over WQL, custom reports (RaaS) and the staffing REST service, as human-resources system."""
