"""How a command behaves: its help, its examples, what it says when it fails."""

from __future__ import annotations

import math
import os
import sys
from typing import TYPE_CHECKING, Any
from unicodedata import category

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of what follows."""


class Verbs(click.Group):
    """The commands in the order in which a user needs them, and the boundary of the process."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands as they are written below."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what it did not expect is one line, never a traceback."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("nianbao: interrupted; what was done is kept", err=True)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if os.environ.get("NIANBAO_TRACEBACK"):
                raise
            told = " ".join(f"{type(error).__name__}: {error}".split())
            click.echo(f"nianbao: {told} (NIANBAO_TRACEBACK=1 shows where)", err=True)
        sys.exit(1)


class Seconds(click.FloatRange):
    """A time in seconds; NaN passes every comparison, and is no time."""

    name = "seconds"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number, within the range."""
        number: float = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value!r} is not a number of {self.name}.", param, ctx)
        return number


class Minutes(Seconds):
    """A time in minutes."""

    name = "minutes"


class Verb(click.Command):
    """A command whose examples stand at the end of its help, one a line."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        """Take the examples beside what click takes."""
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples unwrapped, so that they can be copied."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                formatter.write("".join(f"  {line}\n" for line in self.examples))


class VerbGroup(Verb, click.Group):
    """A command with commands below it that does something by itself, too."""


def harmless(text: str) -> str:
    """A text without what a terminal obeys: a page's words may hold its commands."""
    return "".join("�" if category(sign) == "Cc" or sign in _TURNS else sign for sign in text)


def finish(problems: Iterable[str]) -> None:
    """Print each problem on stderr once, as soon as it is known; exit 1 if there was one."""
    said = set()
    for line in problems:
        if line not in said:
            said.add(line)
            click.echo(f"nianbao: {harmless(line)}", err=True)
    if said:
        sys.exit(1)
