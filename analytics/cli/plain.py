"""How a command ends: errors written for analysts as plain text, a fault of the suite as a fault."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Any

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
        except (click.ClickException, click.exceptions.Exit, click.Abort, OSError):
            raise
        except Exception:
            traceback.print_exc()
            whom = os.environ.get("ANALYTICS_CONTACT") or "those who look after the suite"
            click.echo(
                f"\nThis is a fault of the suite, not of your data. Send the lines above and the command to {whom}; "
                "read them first, because a message may quote a value of the data.",
                err=True,
            )
            sys.exit(70)  # EX_SOFTWARE of sysexits.h
