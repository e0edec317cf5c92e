"""`python -m demo.portals [PORT]`: serve the simulated portals until Ctrl-C."""

from __future__ import annotations

import signal
import sys

from demo.portals import serve


def main(arguments: list[str]) -> int:
    """Serve on the port given, 8610 by default; returns the exit status."""
    port = arguments[0] if arguments else "8610"
    if len(arguments) > 1 or not port.isdecimal():
        print("usage: python -m demo.portals [PORT]", file=sys.stderr)  # noqa: T201 - a command
        return 2
    try:
        with serve(int(port)) as demo:
            for portal in demo.portals:
                print(f"{portal.place} {portal.name}\t{portal.url}", flush=True)  # noqa: T201 - a command
            signal.pause()
    except KeyboardInterrupt:
        return 0
    except (OSError, OverflowError) as error:
        print(f"demo.portals: port {port}: {error}", file=sys.stderr)  # noqa: T201 - a command
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
