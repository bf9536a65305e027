"""The edge: what comes in over HTTP is refused cheaply and early, or reaches the graph whole."""
