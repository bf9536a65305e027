"""Professional-services systems, one folder per vendor."""
