"""The command line: stdout for data, stderr for people, exit codes by class of failure."""
