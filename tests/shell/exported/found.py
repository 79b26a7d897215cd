"""Every place in the product where a file for somebody is made, found in the code itself.

What makes a file calls a writer of sheets or opens a file to write, or says that its answer is an attachment.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

MAKING = frozenset(
    {"writer", "DictWriter", "Workbook", "write_csv", "to_csv", "to_excel", "FileResponse", "write_text"}
    | {"StreamingHttpResponse", "write_bytes", "writerow", "writerows"}
)
SAYING = ("Content-Disposition", "text/csv", "text/tab-separated", "spreadsheetml", "attachment")


def places(root: Path) -> dict[str, set[str]]:
    """module:function -> by what it was found."""
    found: dict[str, set[str]] = {}
    for file in sorted(root.rglob("*.py")):
        if "migrations" not in file.parts:
            text = file.read_text(encoding="utf-8")
            for name, why in _below(ast.parse(text), ""):
                found.setdefault(f"{file.relative_to(root).with_suffix('')}:{name}", set()).add(why)
    return found


def _below(node: ast.AST, inside: str) -> Iterator[tuple[str, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue  # a docstring
        name = inside
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{inside}.{child.name}" if inside else child.name
        if why := _makes(child):
            yield name, why
        yield from _below(child, name)


def _makes(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return next((word for word in SAYING if word in node.value), "")
    if not isinstance(node, ast.Call):
        return ""
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if called == "open":
        given = [*node.args, *(one.value for one in node.keywords if one.arg == "mode")]
        modes = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        return "open" if any(len(mode) < 4 and set(mode) & set("wax") for mode in modes) else ""
    return called if called in MAKING else ""
