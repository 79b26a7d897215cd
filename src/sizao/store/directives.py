"""Read the orders of the directives, and which tests are marked with one."""

from __future__ import annotations

import ast
from importlib.resources import files
from pathlib import Path

from sizao.policy.coverage import Carrier
from sizao.policy.orders import FILE, Order, parse_orders

MARK = "orders"  # @pytest.mark.orders("D1-34")


def read_orders() -> tuple[Order, ...]:
    """All orders of both directives, with what is typed about them."""
    return parse_orders(files("sizao.policy").joinpath(FILE).read_text(encoding="utf-8"))


def marked_tests(folder: Path) -> tuple[Carrier, ...]:
    """Every test below a folder that is marked with orders, read without being run: `path::name`.

    A mark of a class or of a whole module (`pytestmark`) counts for each of its tests. Tests in a folder
    `journeys` are journeys.
    """
    found = []
    for file in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
        kind = "journey" if "journeys" in file.relative_to(folder).parts else "test"
        name = file.relative_to(folder).as_posix()
        for test, orders in _tests(tree.body, _of_module(tree)):
            found.append(Carrier(kind, f"{name}::{test}", orders, (test,)))
    return tuple(found)


def _of_module(tree: ast.Module) -> tuple[str, ...]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(one, ast.Name) and one.id == "pytestmark" for one in node.targets
        ):
            marks = node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value]
            return tuple(order for mark in marks for order in _orders(mark))
    return ()


def _tests(body: list[ast.stmt], outer: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    found = []
    for node in body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        orders = (*outer, *(order for mark in node.decorator_list for order in _orders(mark)))
        if isinstance(node, ast.ClassDef):
            found += _tests(node.body, orders)
        elif node.name.startswith("test_") and orders:
            found.append((node.name, tuple(dict.fromkeys(orders))))
    return found


def _orders(mark: ast.expr) -> tuple[str, ...]:
    """The words of `pytest.mark.orders(...)`; none of any other expression."""
    if not (isinstance(mark, ast.Call) and ast.unparse(mark.func) == f"pytest.mark.{MARK}"):
        return ()
    return tuple(str(one.value) for one in mark.args if isinstance(one, ast.Constant))
