"""Plugins for Datasette's --plugins-dir."""
