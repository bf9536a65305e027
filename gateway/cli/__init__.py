"""The command line: data on stdout, messages on stderr, exit codes by class of failure."""
