"""All batched reads, each declared once: its key, system, port call and the largest number of keys per call."""
