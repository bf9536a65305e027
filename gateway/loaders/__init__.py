"""Every batched read, declared once: its key, its system, the port call, and how many keys go into one call."""
