"""Find and fetch: from a portal's home page to its annual reports, everything into the archive."""
