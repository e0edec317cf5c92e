"""Six simulated portals, each on a loopback address of its own: `serve(port)`."""

from demo.portals.server import DemoPortals, serve
from demo.portals.site import PublishedReport

__all__ = ["DemoPortals", "PublishedReport", "serve"]
