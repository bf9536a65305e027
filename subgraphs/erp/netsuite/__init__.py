"""NetSuite as the ERP: reads by SuiteQL, access by OAuth 2.0 client assertion, and a twin for tests and the sandbox.

A read passes through these modules:
- `adapter.py` is the port; `options.py` and `mapping_file.py` read its settings;
- `statements.py` and `billing_statements.py` build SuiteQL with `suiteql.py`;
- `record_reader.py`, `child_pages.py` and `change_feed.py` run it with `client.py`; `failures.py` classifies errors;
- `wire.py` decodes the rows; `mapping.py`, `billing_mapping.py`, `time_postings.py`, `receivables.py` and
  `exchange_rates.py` map them to records.
`lineage.py` describes the source of each attribute, `checks.py` checks a connection, and `conformance.py` serves the
contract tests.
"""
