"""Authentication and authorisation: token verification, principals, scopes, roles and row-rule claims."""
