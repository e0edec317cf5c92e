"""Six simulated portals, each on a loopback address of its own: `serve(port)`."""

from demo.portals.server import DemoPortal, DemoPortals, serve
from demo.portals.site import PublishedReport

__all__ = ["DemoPortal", "DemoPortals", "PublishedReport", "serve"]
