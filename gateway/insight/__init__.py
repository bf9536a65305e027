"""Figures that the gateway derives from the systems' records; pure functions."""
