"""Human capital management systems, one folder per vendor."""
