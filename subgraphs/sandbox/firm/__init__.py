"""One made-up consulting firm, in no vendor's words; every twin and every seeded server is filled from it."""
