"""The development identity provider: OAuth 2.0 with discovery, key set, code flow with PKCE and client credentials.

Never use it in production.
"""
