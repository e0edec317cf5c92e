"""Ways out that need the published database: originals by place and year, and RO-Crate."""
