"""Events about the connected systems, and the system health derived from them."""
