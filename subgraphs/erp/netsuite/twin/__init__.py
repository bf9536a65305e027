"""A NetSuite account filled with a firm, on NetSuite's wire format: OAuth 2.0 tokens, SuiteQL and REST records."""
