"""Wiring and running: register(app), settings, composition, command line, sandbox."""
