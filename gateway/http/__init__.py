"""The HTTP edge: it limits, authenticates and parses requests before they reach the graph."""
