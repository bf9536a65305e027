"""The development identity provider of the demo: an authorization server with fictitious users."""
