"""`analytics run`."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click
from click.core import ParameterSource

from analytics import plain_yaml
from analytics.language import Language


@click.command()
@click.argument("params", nargs=-1)
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1, 64), help="Notebooks run at a time.")
@click.option("--out", default="reports", show_default=True, type=click.Path(path_type=Path), help="Folder of reports.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="Replace a parameter in every set named.")
@click.option(
    "--language", default="en", show_default=True, type=click.Choice(["en", "zh"]), help="Language of the pages."
)
@click.option("--force", is_flag=True, help="Run even what is up to date.")
@click.option("--outside", is_flag=True, help="For pages that leave the house: what may not be told is withheld.")
@click.option("--disclosure", metavar="RULE", help='As --outside, with fewest enterprises and largest share: "3,0.85".')
@click.option("--time-limit", metavar="TIME", help="Most time of one set, such as 600 (seconds), 10m or 2h.")
@click.option("--memory-limit", metavar="SIZE", help="Most memory of one set's kernel, such as 512MB or 4GB.")
def run(
    params: tuple[str, ...],
    jobs: int,
    out: Path,
    settings: tuple[str, ...],
    language: Language,
    *,
    force: bool,
    outside: bool,
    disclosure: str | None,
    time_limit: str | None,
    memory_limit: str | None,
) -> None:
    """Run parameter sets and write their briefings.

    PARAMS are YAML files, folders of them, or names of pillars; none means every set directly under params/<pillar>/.
    """
    from analytics import preload

    preload.begin(jobs, params)
    from analytics import batch  # after the fork server has begun: both take seconds
    from analytics.parameters import ParameterError

    given = click.get_current_context().get_parameter_source("out")
    if (outside or disclosure) and given == ParameterSource.DEFAULT:
        out = out / "outside"  # the briefings for use inside the house stay as they are
    try:
        left = _outside(outside=outside, rule=disclosure)
        sets = batch.find_sets(params, {**settings_of(settings), **left})
        limits = batch.Limits.of(time_limit, memory_limit)
    except ParameterError as error:
        raise click.ClickException(f"{error}\nNothing was run.") from error
    with _told_when_stopped(out / language / "index.html"):
        outcomes = batch.run_sets(sets, out, language, jobs=jobs, force=force, limits=limits, report=report)
    states = [o.state for o in outcomes]
    click.echo(
        f"{states.count('done')} run, {states.count('up_to_date')} up to date, {states.count('skipped')} skipped, "
        f"{states.count('failed')} failed: {out / language / 'index.html'}"
    )
    if "failed" in states:
        sys.exit(1)


class _Stopped(BaseException):
    """The batch was told to end, by a signal other than Ctrl-C."""

    def __init__(self, number: int, _frame: Any = None) -> None:
        super().__init__(number)
        self.number = number


@contextmanager
def _told_when_stopped(index: Path) -> Iterator[None]:
    """End as cleanly on SIGTERM and on a closed terminal as on Ctrl-C, with the exit code that shells expect."""

    def stop(number: int, frame: Any) -> NoReturn:
        raise _Stopped(number, frame)

    heard = [n for n in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) is not signal.SIG_IGN]  # nohup means it
    before = {number: signal.signal(number, stop) for number in heard}
    try:
        yield
    except (KeyboardInterrupt, _Stopped) as stopped:
        click.echo(f"Stopped. What was finished stands: {index}. Run the same command again to go on.", err=True)
        sys.exit(128 + (stopped.number if isinstance(stopped, _Stopped) else signal.SIGINT))
    except OSError as error:
        raise click.ClickException(f"The index page could not be written: {error}") from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _outside(*, outside: bool, rule: str | None) -> dict[str, Any]:
    """Return the parameters of pages that leave the house."""
    from analytics.briefing.disclosure import Rule

    if rule is None:
        return {"outside": True} if outside else {}
    found = Rule.of(rule)
    public = {"published_already": True} if found.public else {}
    return {"outside": True, "fewest_enterprises": found.fewest, "largest_share": found.dominance, **public}


def settings_of(pairs: tuple[str, ...]) -> dict[str, Any]:
    """Read KEY=VALUE pairs as YAML would."""
    values = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise click.UsageError(f'--set takes KEY=VALUE, got "{pair}".')
        values[key.strip()] = plain_yaml.read(value)
    return values


def report(outcome: Any) -> None:
    """Say what became of a set, and why where it did not run."""
    sign = {"done": "✓", "up_to_date": "=", "skipped": "-", "failed": "✗"}[outcome.state]
    words = outcome.message.splitlines()[:12] if outcome.state in ("failed", "skipped") else []
    first = f"{sign} {outcome.pillar}/{outcome.name}  {outcome.state.replace('_', ' ')}  {outcome.seconds:.1f} s"
    if outcome.stands:
        words.append("The briefing of an earlier run stays.")
    click.echo("\n      ".join([first, *words]), err=outcome.state == "failed")
