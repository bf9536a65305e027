"""The gateway: one graph and one process layer over the systems of a professional-services firm."""
