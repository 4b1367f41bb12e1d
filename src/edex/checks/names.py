"""Which names a piece of code sets in its own scope."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

__all__ = ["assigned_names", "own_nodes"]

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def assigned_names(statements: Iterable[ast.stmt]) -> list[str]:
    """List the names that statements set in their own scope, in order."""
    names: list[str] = []
    for node in own_nodes(statements):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.alias):
            names.append(node.asname or node.name.partition(".")[0])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append(node.id)
    return list(dict.fromkeys(names))


def own_nodes(statements: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Walk through code in order, but not into functions, classes and comprehensions."""
    for node in statements:
        yield node
        if not isinstance(node, _SCOPES + _COMPREHENSIONS):
            yield from own_nodes(ast.iter_child_nodes(node))
