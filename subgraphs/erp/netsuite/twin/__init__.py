"""A NetSuite account over a firm, on NetSuite's wire format: OAuth 2.0 token endpoint, SuiteQL, REST records."""
