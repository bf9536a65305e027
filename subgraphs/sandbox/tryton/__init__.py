"""A real Tryton server with the demo firm in it: installed from the package index into an environment of its own, seeded through its own interface.

Tryton is GPL-3: it runs as a process beside ours and is never imported.
"""
