"""Whether a briefing is what it says: its files are those of its provenance, and the run repeats to the byte."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analytics.batch.checks import provenance
from analytics.batch.fingerprint import file_digest, input_files
from analytics.batch.kernels.limits import NO_LIMITS
from analytics.batch.kernels.workplace import workplace
from analytics.batch.sets import missing_sources
from analytics.errors import DataError
from analytics.language import Text
from analytics.parameters import ParameterSet, check
from analytics.root import project_root

# A page and an executed notebook hold times; what other programs read holds none.
_REPEATED = ("result.json", "tables/")


@dataclass(frozen=True)
class Verified:
    """What became of checking a briefing.

    Attributes
    ----------
    altered : files that are no longer those of the provenance, or are missing
    unequal : files that came out otherwise when the run was repeated
    equal : how many files came out to the byte
    notes : what else is not as it was (code, versions, data), in both languages
    replayed : whether the run could be repeated
    """

    altered: list[str] = field(default_factory=list)
    unequal: list[str] = field(default_factory=list)
    equal: int = 0
    notes: list[Text] = field(default_factory=list)
    replayed: bool = False

    @property
    def holds(self) -> bool:
        """Whether every file is unaltered and the run repeated itself."""
        return self.replayed and not self.altered and not self.unequal


def verify(folder: Path, overrides: dict[str, Any] | None = None) -> Verified:
    """Check a briefing against its provenance, then run it again from the recorded parameters and compare.

    Parameters
    ----------
    folder : Path
        reports/<language>/<pillar>/<set>, with provenance.json.
    overrides : dict, optional
        Where the data lie on this machine, by parameter.

    Raises
    ------
    DataError
        When there is no readable provenance.json.
    """
    told = provenance.read(folder)
    if told is None:
        raise DataError(
            f"{folder}: no readable {provenance.NAME}. It is written by `analytics run`; run the set again."
        )
    altered = [name for name, sha in told["files"].items() if not _is(folder / name, sha)]
    values = check(told["subject"], {**told["params"], **(overrides or {})}, str(folder / provenance.NAME))
    parameters = ParameterSet(
        told["subject"], folder.name, project_root() / told["set"], values, told.get("disclosure", "")
    )
    notes = _notes(told, parameters)
    if unset := missing_sources(parameters):
        names = ", ".join(unset)
        notes.append(Text(f"not repeated: environment variable {names} is not set", f"未重复：环境变量{names}未设置"))
        return Verified(altered=altered, notes=notes)
    unequal, equal, failure = _repeat(parameters, told)
    if failure:
        return Verified(altered, notes=[*notes, Text(f"not repeated: {failure}", f"未重复：{failure}")])
    return Verified(altered, unequal, equal, notes, replayed=True)


def _is(path: Path, sha: str) -> bool:
    return path.is_file() and not path.is_symlink() and file_digest(path) == sha


def _notes(told: dict[str, Any], parameters: ParameterSet) -> list[Text]:
    found = []
    if told["code_sha256"] != provenance.code(parameters.pillar):
        found.append(Text("the code is not the one of the record", "程序与记录不一致"))
    if told["notebook"]["sha256"] != file_digest(parameters.notebook):
        found.append(Text("the notebook is not the one of the record", "笔记本与记录不一致"))
    recorded = set(told["sources"].values())
    changed = [path.name for path in input_files(parameters) if file_digest(path) not in recorded]
    found += [Text(f"{name} is not the file of the record", f"{name}与记录的文件不一致") for name in changed]
    return found


def _repeat(parameters: ParameterSet, told: dict[str, Any]) -> tuple[list[str], int, str]:
    """Run the set again in a private folder; return what differs, how much is equal, and why it failed."""
    from analytics.batch.execute import NotebookError, execute

    try:
        with workplace() as place:  # what a killed run leaves is swept by the next
            work = place.folder / "work"
            work.mkdir()
            execute(parameters, work, work, told["language"], NO_LIMITS)
            wanted = {n: sha for n, sha in told["files"].items() if n.startswith(_REPEATED)}
            made = {p.relative_to(work).as_posix() for p in [work / "result.json", *work.glob("tables/*.csv")]}
            unequal = [n for n, sha in wanted.items() if not _is(work / n, sha)] + sorted(made - wanted.keys())
            return unequal, len(wanted.keys() - set(unequal)), ""
    except NotebookError as error:
        return [], 0, str(error)
