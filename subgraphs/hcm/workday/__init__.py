"""Adapter for Workday as HCM, over WQL, custom reports (RaaS) and the staffing REST service."""
