"""Salesforce in the role of the CRM: REST API with SOQL."""
