"""Facts that the gateway derives from what the systems say: pure functions over records."""
