"""Identity resolution: the crosswalk of canonical ids, the card index, match rules and reference data."""
