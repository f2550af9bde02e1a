"""Which small faults the tests would not notice: mutants of numerical kernels, estimation, settling and masking.

    python benchmarks/house/mutants.py [MUTANTS A MODULE] [SEED] [WORD OF A MODULE'S NAME ...]

Each mutant changes one operator, comparison, figure or sign inside a function. The tests that belong to the module run
in a fork of a process that has imported everything, with the function's code exchanged; a mutant is killed when one
fails, or when the tests take ten times as long. Mutants are drawn, the same for the same seed.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import importlib
import io
import os
import random
import signal
import sys
import time
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

import pytest

ROOT = Path(__file__).parents[2]
_LEVELS = ["tests/valuation/test_levels_by_definition.py"]
TESTS = {
    "analytics.statistics": ["tests/core/test_statistics.py"],
    "analytics.valuation.verdict.levels": _LEVELS,
    "analytics.valuation.verdict.posterior": [*_LEVELS, "tests/valuation/test_large_enterprises.py"],
    "analytics.valuation.verdict.departures": _LEVELS,
    "analytics.valuation.verdict.messages": _LEVELS,
    "analytics.valuation.regression.mixed": _LEVELS,
    "analytics.valuation.regression.components": _LEVELS,
    "analytics.tax_forecast.record.calibration": ["tests/tax_forecast/test_intervals_by_definition.py"],
    "analytics.tax_forecast.record.paths": ["tests/tax_forecast/test_intervals_by_definition.py"],
    "analytics.index_numbers.bilateral": ["tests/index_numbers"],
    "analytics.index_numbers.multilateral": ["tests/index_numbers"],
    "analytics.index_numbers.aggregation": ["tests/index_numbers"],
    "analytics.sampling": ["tests/compliance/test_engine.py"],
    "analytics.compliance.engine.rates": ["tests/compliance/test_by_definition.py"],
    "analytics.compliance.engine.gap": ["tests/compliance/test_by_definition.py"],
    "analytics.compliance.engine.double": ["tests/compliance/test_by_definition.py"],
    "analytics.tables.reading.settle": ["tests/tables/test_bad_input.py"],
    "analytics.tables.reading.masking": ["tests/tables/test_masking_of_identifiers.py"],
    "analytics.briefing.masking": [
        "tests/tables/test_masking_of_identifiers.py",
        "tests/briefing/test_results_and_tables.py",
    ],
    "analytics.briefing.disclosure.ledger": ["tests/briefing/test_disclosure.py"],
    "analytics.briefing.disclosure.span": ["tests/briefing/test_disclosure.py"],
    "analytics.operations.release.survival": ["tests/operations/test_release_times.py"],
}
_OPERATORS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
_COMPARISONS = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


def places(tree: ast.AST) -> list[int]:
    """Positions (in the order of a walk) of what can be changed inside functions."""
    inside: set[int] = set()
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        inside |= {id(n) for statement in function.body for n in ast.walk(statement)}
    passed = {id(n) for node in ast.walk(tree) for n in _no_figures(node)}
    return [k for k, n in enumerate(ast.walk(tree)) if id(n) in inside - passed and changed(copy.copy(n)) is not None]


def _no_figures(node: ast.AST) -> list[ast.AST]:
    """Messages, annotations and what only guards against our own slips (`strict=`): no figure depends on them."""
    if isinstance(node, ast.Raise) or (isinstance(node, ast.keyword) and node.arg == "strict"):
        return list(ast.walk(node))
    if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
        return list(ast.walk(node.annotation))
    return []


def changed(node: ast.AST) -> ast.AST | None:
    """The node with one small fault; None where there is none to make."""
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        node.op = _OPERATORS[type(node.op)]()
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARISONS:
        node.ops = [_COMPARISONS[type(node.ops[0])](), *node.ops[1:]]
    elif isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Invert | ast.Not):
        node.op = ast.UAdd() if isinstance(node.op, ast.USub) else node.op
        return None if not isinstance(node.op, ast.UAdd) else node
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        node.value = node.value + 1 if isinstance(node.value, int) else node.value * 1.5 or 1.0
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        node.value = not node.value
    else:
        return None
    return node


def mutant(source: str, place: int) -> tuple[CodeType, str]:
    """Code of a module with one fault, and where it lies."""
    tree = ast.parse(source)
    node = list(ast.walk(tree))[place]
    before = ast.unparse(node)
    changed(node)
    at = getattr(node, "lineno", 0)
    return compile(ast.fix_missing_locations(tree), "mutant", "exec"), f"line {at}: {before} -> {ast.unparse(node)}"


def exchange(module: ModuleType, code: CodeType) -> None:
    """Give the functions of a module the code of a mutant, wherever they are already known."""
    fresh: dict[str, CodeType] = {}
    waiting = [code]
    while waiting:
        found = waiting.pop()
        fresh[found.co_qualname] = found
        waiting += [c for c in found.co_consts if isinstance(c, CodeType)]
    for function in _functions(module):
        new = fresh.get(function.__qualname__)
        if new is not None and new.co_freevars == function.__code__.co_freevars:
            function.__code__ = new


def _functions(module: ModuleType) -> list[FunctionType]:
    found: list[FunctionType] = []
    for value in vars(module).values():
        inner = vars(value).values() if isinstance(value, type) and value.__module__ == module.__name__ else (value,)
        for item in inner:
            item = getattr(item, "__wrapped__", getattr(item, "fget", item) or item)
            if isinstance(item, FunctionType) and item.__module__ == module.__name__:
                found.append(item)
    return found


def run(files: list[str], module: ModuleType, code: CodeType | None, limit: float) -> bool:
    """Whether the tests pass, in a fork of this process."""
    child = os.fork()
    if not child:
        signal.setitimer(signal.ITIMER_REAL, limit)  # SIGALRM ends the fork
        with Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), 1)
            os.dup2(nothing.fileno(), 2)
        if code is not None:
            exchange(module, code)
        with contextlib.suppress(BaseException):
            passed = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *files]) == 0
            os._exit(0 if passed else 1)
        os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def warm(files: list[str]) -> None:
    """Import what the tests need, once for all forks."""
    pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", *files])


def main() -> None:
    """Print each mutant that survives, and the share killed by module."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    words = sys.argv[3:]
    os.chdir(ROOT)
    killed = made = 0
    for name, files in TESTS.items():
        if words and not any(word in name for word in words):
            continue
        module = importlib.import_module(name)
        source = Path(str(module.__file__)).read_text(encoding="utf-8")
        with contextlib.redirect_stdout(io.StringIO()):
            warm(files)
        clock = time.perf_counter()
        if not run(files, module, None, 600):
            print(f"{name}: its tests do not pass as they are", flush=True)
            continue
        usual = time.perf_counter() - clock
        drawn = rng.sample(found, min(count, len(found))) if (found := places(ast.parse(source))) else []
        dead = 0
        for place in drawn:
            code, where = mutant(source, place)
            if run(files, module, code, 10 * usual + 5):
                print(f"survives  {name} {where}", flush=True)
            else:
                dead += 1
        killed, made = killed + dead, made + len(drawn)
        print(f"{name}: {dead} of {len(drawn)} killed, {len(found)} places, {usual:.1f} s", flush=True)
    print(f"{killed} of {made} killed: {killed / max(made, 1):.2f}")


if __name__ == "__main__":
    main()
