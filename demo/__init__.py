"""Six simulated portals on loopback and the demonstration files they serve."""
