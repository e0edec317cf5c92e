"""The site: a Datasette plugin that shows reports, figures and originals."""
