"""The figures of the house: how long files and functions are, and what is said of them. Information, not a gate.

    python -m benchmarks.house

Wanted: files of 60 to 250 lines (past 300 ask what second thing they do), half of the functions under 10 lines, nine in
ten under 35, a docstring on everything public.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).parent.parent
PACKAGES = ("monitor", "firmware_sim")
LONG_FILE, LONG_FUNCTION = 300, 45

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources() -> dict[Path, ast.Module]:
    """Every file of both houses."""
    return {
        path: ast.parse(path.read_text(encoding="utf-8")) for name in PACKAGES for path in (ROOT / name).rglob("*.py")
    }


def functions(tree: ast.AST) -> Iterator[Function]:
    """All functions and methods below."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def length(node: Function) -> int:
    """Lines of its body, without the docstring."""
    body = node.body[1:] if ast.get_docstring(node) is not None and len(node.body) > 1 else node.body
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1


def is_setter(node: Function | ast.ClassDef) -> bool:
    """Whether the property beside it has said all."""
    return any(isinstance(each, ast.Attribute) and each.attr == "setter" for each in node.decorator_list)


def unsaid(tree: ast.Module) -> Iterator[str]:
    """Public classes, functions and methods of public classes without a docstring."""
    holders: list[tuple[str, ast.Module | ast.ClassDef]] = [("", tree)]
    for prefix, holder in holders:
        for node in holder.body:
            if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_") or is_setter(node):
                continue
            if ast.get_docstring(node) is None:
                yield prefix + node.name
            if isinstance(node, ast.ClassDef):
                holders.append((f"{node.name}.", node))


def main() -> None:
    """Print the figures, and the places that stick out."""
    trees = sources()
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in trees}
    lengths = [(length(node), path, node.name) for path, tree in trees.items() for node in functions(tree)]
    short = [each for each, _, _ in lengths]
    bare = [(path, name) for path, tree in trees.items() for name in unsaid(tree)]
    print(f"{len(trees)} files, half of them up to {median(lines.values()):.0f} lines")
    most = quantiles(short, n=10)[-1]
    print(f"{len(short)} functions, half up to {median(short):.0f} lines, nine in ten up to {most:.0f}")
    print(f"{len(bare)} public names without a docstring")
    for path, name in bare:
        print(f"  {path.relative_to(ROOT)}: {name}")
    for path, count in sorted(lines.items(), key=lambda item: -item[1]):
        if count > LONG_FILE:
            print(f"  {path.relative_to(ROOT)}: {count} lines")
    for count, path, name in sorted(lengths, key=lambda item: -item[0]):
        if count > LONG_FUNCTION:
            print(f"  {path.relative_to(ROOT)}: {name} has {count} lines")


if __name__ == "__main__":
    main()
