"""Who may do what: token verification, the principal, scopes, roles and the claims behind row rules."""
