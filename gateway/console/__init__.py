"""Serves the built pages: GraphiQL with sign-in. The bundle is made by `make web` and comes with the wheel; nothing is loaded from elsewhere."""
