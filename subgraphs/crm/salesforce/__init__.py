"""Adapter for Salesforce as CRM, over the REST API and SOQL."""
