"""How a command ends: errors written for analysts as plain text, a fault of the suite as a fault."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from typing import Any, NoReturn

import click

from analytics.errors import AnalystError


class PlainErrors(click.Group):
    """A command whose refusals are sentences, and whose faults say what to send to whom."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except AnalystError as error:
            raise click.ClickException(str(error)) from error
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read along has stopped: click ends quietly
                raise
            if error.filename is None:  # no file's fault that anybody could mend
                _fault()
            raise click.ClickException(
                f"{error.filename}: {error.strerror}. See that the place is there, has room and may be read and "
                "written, or name another one."
            ) from error
        except Exception:  # nobody foresaw it, so it is ours: shown whole, never as a refusal of the data
            _fault()


def _fault() -> NoReturn:
    """Show what nobody foresaw with its trace, and end by the code that says so."""
    traceback.print_exc()
    whom = os.environ.get("ANALYTICS_CONTACT") or "those who look after the suite"
    click.echo(
        f"\nThis is a fault of the suite, not of your data. Send the lines above and the command to {whom}; "
        "read them first, because a message may quote a value of the data.",
        err=True,
    )
    sys.exit(70)  # EX_SOFTWARE of sysexits.h
