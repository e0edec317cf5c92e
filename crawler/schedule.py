"""When to crawl again, as text for systemd or cron; nothing is installed.

Reports of a year are due by 31 January (offices) and 31 March (governments) of the next, so the
usual schedule looks every week from January to April and every month for the rest of the year.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.model import Portal

WHEN = {
    "season": (("Mon *-01..04-*", "* 1-4 1"), ("*-05..12-01", "1 5-12 *")),
    "daily": (("*-*-*", "* * *"),),
    "weekly": (("Mon *-*-*", "* * 1"),),
    "monthly": (("*-*-01", "1 * *"),),
}
"""By name: days for systemd and for cron, several where one line cannot say it."""
FORMS = ("systemd", "cron")

_SERVICE = """\
# ~/.config/systemd/user/nianbao.service
[Unit]
Description=nianbao: crawl, extract and build
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
{environment}ExecStart={command}
# 1: done, with problems that the journal lists
SuccessExitStatus=1
"""
_TIMER = """\
# ~/.config/systemd/user/nianbao.timer
[Unit]
Description=nianbao: {when}

[Timer]
{calendars}RandomizedDelaySec=1h
Persistent=true

[Install]
WantedBy=timers.target

# systemctl --user daemon-reload && systemctl --user enable --now nianbao.timer
"""


def words(portals: Sequence[Portal]) -> list[str]:
    """What names portals on the command line: a code, else a name of its own, else the address."""
    return [
        one.id if one.id == one.place else one.url if one.name == one.id else one.name
        for one in portals
    ]


def schedule(
    command: Sequence[str], when: str, at: tuple[int, int], form: str, contact: str | None = None
) -> str:
    """The files that run a command again and again.

    Args:
        command: The program and its arguments.
        when: A name of `WHEN`.
        at: Hour and minute, local time.
        form: One of `FORMS`.
        contact: What stands in the user agent, where it is known.

    Returns:
        The text to keep in the places its comments name.
    """
    settings = {"NIANBAO_CONTACT": contact} if contact else {}
    write = _systemd if form == "systemd" else _cron
    return write(command, when, at, settings)


def _systemd(
    command: Sequence[str], when: str, at: tuple[int, int], settings: Mapping[str, str]
) -> str:
    hour, minute = at
    days = [days for days, _ in WHEN[when]]
    calendars = "".join(f"OnCalendar={day} {hour:02}:{minute:02}:00\n" for day in days)
    environment = "".join(
        f"Environment={_quoted(f'{name}={value}')}\n" for name, value in settings.items()
    )
    words = " ".join(_quoted(word).replace("$", "$$") for word in command)
    service = _SERVICE.format(environment=environment, command=words)
    return f"{service}\n{_TIMER.format(when=when, calendars=calendars)}"


def _quoted(text: str) -> str:
    """A word as systemd reads it: quoted where needed, its specifiers taken away."""
    text = text.replace("%", "%%")
    if text and not set(text) & set(" \t\"'\\;"):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _cron(
    command: Sequence[str], when: str, at: tuple[int, int], settings: Mapping[str, str]
) -> str:
    hour, minute = at
    line = shlex.join(command).replace("%", r"\%")  # cron ends a command at a bare one
    variables = "".join(f"{name}={value}\n" for name, value in settings.items())
    lines = "".join(f"{minute} {hour} {days} {line}\n" for _, days in WHEN[when])
    return f"# crontab -e\n{variables}{lines}"
