"""What the twins of all vendors share."""
