"""Serve the built pages: GraphiQL with sign-in.

`make web` builds the bundle, and the wheel contains it; nothing is loaded from other origins.
"""
