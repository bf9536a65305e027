"""What the gateway asks of a system in each role, and what it does not expect."""
