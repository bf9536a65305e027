"""The sandbox: vendor twins over one firm, a seeded Tryton server, and a development identity provider."""
