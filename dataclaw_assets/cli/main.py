"""`dataclaw`: the group of commands, each imported only when it is run; one plain line for a mistake."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import click

from dataclaw_assets import __version__

COMMANDS = {
    "demo": "Make a small mixed landing folder, run the whole chain on it, say what to open next.",
    "run": "Turn a landing folder into validated, traceable training data.",
    "try": "Let the configured model answer what was exported, several times, and count what passes.",
    "anchors": "Show the facts of one file.",
    "resolve": "Show what a request asks for: ranked instructions, reasons, refusals.",
    "trace": "Show why a sample is here, down to the frames.",
    "status": "Show batches × tasks: made, accepted, rejected by reason, cost.",
    "dev": "Open the Dagster UI on the same data.",
}
"""Each command's name and its line in the help; its code is `dataclaw_assets/cli/<name>.py`."""

MODULES = {"try": "try_samples"}
"""Commands whose name is a word of Python's own, and the files of their code."""


class LazyGroup(click.Group):
    """Knows its commands by name, and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """See `click.Group.list_commands`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """See `click.Group.get_command`."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"dataclaw_assets.cli.{MODULES.get(cmd_name, cmd_name)}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands for the help text, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dataclaw")
def dataclaw() -> None:
    """Raw footage plus a plain-language intent in; validated, traceable training data out.

    Data lives in DATACLAW_HOME (a folder or an s3:// URI; default .dataclaw). Exit code 0: done; 1: a gate or
    check failed; 2: bad input.
    """


def run_command(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; a mistake of the user becomes one line on stderr."""
    from dataclaw_assets.errors import DataClawError, InputError, UnreadableSource

    try:
        code = dataclaw.main(args=arguments, prog_name="dataclaw", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return 2
    except (InputError, UnreadableSource) as error:
        click.echo(f"error: {error}", err=True)
        return 2
    except DataClawError as error:
        click.echo(f"error: {error}", err=True)
        return 1
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; what was published stays, and the next run goes on from there", err=True)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    return code if isinstance(code, int) else 0


def main() -> None:
    """The entry point of the `dataclaw` script."""
    sys.exit(run_command())
