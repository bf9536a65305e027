"""A real Tryton server that holds the demo firm: installed from the package index, seeded through its own API.

Tryton is GPL-3: it runs as a separate process and is never imported.
"""
