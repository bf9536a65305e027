"""Customer relationship systems, one folder per vendor."""
