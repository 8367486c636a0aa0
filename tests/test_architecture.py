"""The tree is the architecture: imports point down, and every package of the app has its level."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHAT = ROOT / "chat"

LEVELS = [
    {"examples", "folding", "llm", "local_model", "markdown"},
    {"models"},
    {"usage", "jobs"},
    {"replies", "gateway", "search", "transfer", "notices", "retention", "backup"},
    {"views", "forms", "urls", "admin", "accounts", "middleware", "management", "templatetags", "context"},
]
APART = {0, 3}  # on these levels neighbours do not know each other
EXEMPT = {"apps", "migrations"}


def level_of(package: str) -> int:
    return next(number for number, names in enumerate(LEVELS) if package in names)


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(CHAT.rglob("*.py")):
        package = path.relative_to(CHAT).parts[0].removesuffix(".py")
        if package != "__init__" and package not in EXEMPT:
            yield package, path


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and package of every import of the app's own, also inside a function."""
    for line, name in names_in(path):
        parts = name.split(".")
        if parts[0] == "chat" and len(parts) > 1:
            yield line, parts[1]


def roots(path: Path) -> Iterator[tuple[int, str]]:
    return ((line, name.split(".")[0]) for line, name in names_in(path))


def names_in(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from ((node.lineno, name) for name in names)


def faults() -> Iterator[str]:
    known = set().union(*LEVELS)
    for package, path in modules():
        if package not in known:
            yield f"{path.relative_to(ROOT)}: {package} has no level"
            continue
        own = level_of(package)
        for line, other in imported(path):
            where = f"{path.relative_to(ROOT)}:{line}"
            if other not in known:
                yield f"{where} imports {other}, which has no level"
            elif other != package and (level_of(other) > own or (level_of(other) == own and own in APART)):
                yield f"{where} imports {other}, which is not below {package}"


def test_imports_point_down() -> None:
    assert list(faults()) == []


def test_the_lowest_level_knows_no_django() -> None:
    for package, path in modules():
        if level_of(package) == 0:
            assert not {name for _, name in roots(path)} & {"django", "config"}, path


@pytest.mark.parametrize("line", ["import chat.views.page", "def f():\n    from chat import replies"])
def test_an_upward_import_is_found(line: str, tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(line)
    (_, found) = next(imported(path))
    assert level_of(found) > level_of("models")
