"""The firm's nouns as frozen records and value types; no framework."""
