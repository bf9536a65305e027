"""Human-resources systems, one folder per vendor."""
