"""Tryton 8.2 over its REST interface, in the roles CRM, PSA, ERP and HCM."""
