"""The ports: what the gateway requires of a system in each role, and what it does not rely on."""
