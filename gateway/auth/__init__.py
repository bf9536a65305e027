"""Authentication and authorisation: token verification, the principal, scopes, roles and the claims behind row rules."""
