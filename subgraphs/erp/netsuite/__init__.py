"""NetSuite as an ERP: SuiteQL for reads, an OAuth 2.0 client assertion for access, and a twin that answers as NetSuite does."""
