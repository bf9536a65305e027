"""The sandbox: imitated vendors over one firm, real servers to seed, and a development identity provider."""
