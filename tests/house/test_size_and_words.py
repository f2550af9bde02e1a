"""Small files, short functions, documented public names, nothing said twice."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "analytics"
FILES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES, LONGEST_FUNCTION, MOST_ARGUMENTS, ALIKE = 250, 50, 6, 6


def _name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _functions(path: Path):
    """Functions and methods of a file with their dotted names."""

    def walk(node, above):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                name = f"{above}{child.name}"
                if not isinstance(child, ast.ClassDef):
                    yield f"{_name(path)}:{name}", child
                yield from walk(child, f"{name}.")

    yield from walk(_tree(path), "")


def _arguments(node) -> list[str]:
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return [a.arg for a in every if a.arg not in ("self", "cls")]


@cache  # read when the first test asks: every process collects these tests, one runs them
def _every() -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    return [found for path in FILES for found in _functions(path)]


def test_files_are_read_in_one_go():
    assert not {_name(p) for p in FILES if p.read_text(encoding="utf-8").count("\n") > MOST_LINES}


def test_functions_fit_a_screen():
    def lines(node):
        text = ast.get_docstring(node, clean=False)
        return node.end_lineno - node.lineno + 1 - (text.count("\n") + 1 if text else 0)

    assert not {name for name, node in _every() if lines(node) > LONGEST_FUNCTION}


def _public(path: Path) -> set[str]:
    """Names that a room shows at its door: what its __init__ lists in __all__."""
    door = path.parent / "__init__.py"
    found = re.search(r"__all__ = \[(.*?)\]", door.read_text(encoding="utf-8"), re.DOTALL)
    return set(re.findall(r'"(\w+)"', found[1])) if found else set()


def _shown() -> set[str]:
    return {name for door in PACKAGE.glob("*/__init__.py") for name in _public(door)}


SHOWN = _shown()


def test_functions_below_the_public_face_take_few_arguments():
    many = {n for n, node in _every() if len(_arguments(node)) > MOST_ARGUMENTS}
    below = {n for n in many if n.rpartition(":")[2] not in SHOWN and not n.endswith(".__init__")}
    assert not {n for n in below if not n.startswith("cli/")}


def test_public_functions_say_what_they_take():
    """A docstring for each; a section of parameters from four arguments on."""
    faults = set()
    for name, node in _every():
        bare = name.rpartition(":")[2]
        if "." in bare or bare.startswith("_"):
            continue
        text = ast.get_docstring(node) or ""
        if not text or (bare in SHOWN and len(_arguments(node)) >= 4 and "Parameters\n" not in text):
            faults.add(name)
    assert not {n for n in faults if not n.startswith("cli/")}


def test_docstrings_are_whole_sentences():
    """A re-wrap may tear a docstring: a first line that ends in the middle of a word or sentence."""
    torn = []
    for path in FILES:
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
                first = (ast.get_docstring(node) or ".").split("\n\n")[0]
                if not first.rstrip().endswith((".", ":", "?", '"', ")")):
                    torn.append(f"{_name(path)}: {first!r}")
    assert not torn


DECLARATION = re.compile(r"[\w\"'*]+ ?[:=]|\"|[\])}]|[\w.*]+,?$|[A-Z]\w+\(.*\),$")


def _blocks(path: Path):
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    kept = [(n, line) for n, line in enumerate(lines, 1) if line and not line.startswith(("#", "from ", "import "))]
    for at in range(len(kept) - ALIKE + 1):
        block = tuple(line for _, line in kept[at : at + ALIKE])
        if sum(len(line) > 12 for line in block) >= ALIKE - 1:
            yield block, kept[at][0]


def test_nothing_is_written_twice():
    """No six lines of code stand in two places, but for declarations (arguments, parameters, constants)."""
    seen: dict[tuple[str, ...], tuple[str, int]] = {}
    twice = set()
    for path in FILES:
        for block, line in _blocks(path):
            where = (_name(path), line)
            first = seen.setdefault(block, where)
            if first != where and not all(DECLARATION.match(line) for line in block):
                twice.add((first, where))
    assert not twice, sorted(twice)[:10]
