"""The systems behind the graph: one folder per vendor, found by its manifest."""
