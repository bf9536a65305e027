"""Systems that play several roles."""
