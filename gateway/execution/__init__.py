"""A request's way: authorise, plan, fetch in waves, build. Knows the registry as plain data and no schema library."""
