"""The way out: the only place that speaks HTTP to other systems."""
