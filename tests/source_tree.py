"""The project's own source, read as syntax trees: what the tests of its architecture ask about."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("benchmarks", "droptrace", "evidence", "floors", "models", "samples", "server", "tracking", "vision")


@dataclass(frozen=True, slots=True)
class Import:
    """An import of a module by its full name; `line` is where it stands, counted from 1."""

    module: str
    line: int


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A Python file: its path from the root, the name it is imported by, its text and its tree."""

    path: str
    module: str
    text: str
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.module.split(".")[0]

    def imports(self) -> Iterator[Import]:
        """Give every import, those inside functions too; `from a import b` gives both `a` and `a.b`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (Import(alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = "." * node.level + (node.module or "")
                yield Import(base, node.lineno)
                yield from (Import(f"{base}.{alias.name}", node.lineno) for alias in node.names)

    def functions(self) -> Iterator[tuple[str, int, int]]:
        """Give name, first line and number of lines of every function."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1

    def broad_handlers(self) -> Iterator[int]:
        """Give the lines of handlers that catch everything."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ExceptHandler):
                caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
                if any(one is None or ast.unparse(one) in ("Exception", "BaseException") for one in caught):
                    yield node.lineno

    def globals(self) -> Iterator[int]:
        """Give the lines that say `global`."""
        return (node.lineno for node in ast.walk(self.tree) if isinstance(node, ast.Global))


def parse(path: str, text: str) -> SourceFile:
    """Read one file; `path` from the root tells the module."""
    parts = Path(path).with_suffix("").parts
    module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return SourceFile(path, module, text, ast.parse(text))


def read_tree(*folders: str) -> list[SourceFile]:
    """Read all Python files in folders of the root."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return [parse(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


def find_cycle(graph: Mapping[str, set[str]]) -> list[str] | None:
    """Find a way through a graph that comes back to its start: its nodes, the first one again at the end."""
    done: set[str] = set()

    def visit(node: str, way: list[str]) -> list[str] | None:
        if node in way:
            return [*way[way.index(node) :], node]
        if node in done:
            return None
        for neighbour in sorted(graph.get(node, set())):
            cycle = visit(neighbour, [*way, node])
            if cycle:
                return cycle
        done.add(node)
        return None

    return next((cycle for node in sorted(graph) if (cycle := visit(node, []))), None)
