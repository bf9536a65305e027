"""An example consulting firm in vendor-neutral terms; every twin and every seeded server holds its data."""
