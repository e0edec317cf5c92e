"""Simulated portals to measure discovery on: every family of systems, three of none, one closed."""
