"""The command line. Only here are the clock, the environment and the terminal read."""
