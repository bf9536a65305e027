"""Customer relationship management systems, one folder per vendor."""
