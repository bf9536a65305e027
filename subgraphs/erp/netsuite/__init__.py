"""NetSuite as the ERP: reads by SuiteQL, access by OAuth 2.0 client assertion, and a twin for tests and the sandbox."""
