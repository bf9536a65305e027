"""A development identity provider: OAuth 2 with discovery, JWKS, authorization code with PKCE, and client credentials. Never for production."""
