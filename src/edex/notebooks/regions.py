"""Solution regions: what a student does not see, and what stands there instead.

Two forms, in code cells of a question only::

    # BEGIN SOLUTION                    mae = abs(y - mean).mean()  # SOLUTION
    model = Ridge().fit(X, y)
    # END SOLUTION

In the problem set the region becomes a stub at the same indentation. Names that the rest of the
notebook needs are set to ``todo("q3")``, which says "q3 is still to do" as soon as it is used;
a region that ends a function becomes ``return todo("q3")``; a written answer becomes empty text.
"""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Iterable
from dataclasses import dataclass

from edex.checks.names import assigned_names, own_nodes
from edex.notebooks.source import Cell, Source

__all__ = ["Piece", "identifiers", "solution_lines", "solve", "split_regions", "stub"]

_BEGIN = re.compile(r"^(\s*)# BEGIN SOLUTION\s*$")
_END = re.compile(r"^(\s*)# END SOLUTION\s*$")
_MISSPELT = re.compile(r"#\s*(BEGIN|END)[\s_-]*SOLUTION", re.I)
_MARK = "# ▼ your code: replace every todo"
_MARK_LINE = "# ▼ your code instead of the next line"


@dataclass(frozen=True)
class Piece:
    """A run of lines of a code cell, either kept or belonging to the solution.

    Attributes
    ----------
    lines : tuple of str
        The lines, without markers.
    line : int
        Line in the file of the first of them.
    indent : str
        Indentation of the region; "" for kept lines.
    is_solution : bool
        Whether it is a solution region.
    """

    lines: tuple[str, ...]
    line: int
    indent: str = ""
    is_solution: bool = False


def split_regions(source: Source, cell: Cell) -> list[Piece]:
    """Split a code cell into kept lines and solution regions.

    Raises
    ------
    SourceError
        For a region that is not closed, not opened, nested, empty, or outside a question.
    """
    pieces: list[Piece] = []
    kept: list[str] = []
    region: list[str] = []
    opened: tuple[int, str] | None = None  # line and indentation

    def flush(before: int) -> None:
        if kept:
            pieces.append(Piece(tuple(kept), before - len(kept)))
            kept.clear()

    for number, line in enumerate(cell.text.splitlines(), start=cell.line):
        if begin := _BEGIN.match(line):
            if opened:
                raise source.error(
                    f"A solution region starts inside the one opened in line {opened[0]}. "
                    "Regions are not nested. Close the first with '# END SOLUTION'.",
                    number,
                )
            flush(number)
            opened = (number, begin[1])
        elif _END.match(line):
            if not opened:
                raise source.error(
                    "'# END SOLUTION' without '# BEGIN SOLUTION' above it in the same cell. "
                    "Open the region or remove the line.",
                    number,
                )
            if not any(text.strip() for text in region):
                raise source.error(
                    "The solution region is empty. It holds the code that students write. "
                    "Fill or remove it.",
                    opened[0],
                )
            pieces.append(Piece(tuple(region), opened[0] + 1, opened[1], is_solution=True))
            region, opened = [], None
        elif _MISSPELT.search(line):
            raise source.error(
                f"The marker {line.strip()!r} is misspelt, so the solution would be shown. "
                "Markers are '# BEGIN SOLUTION' and '# END SOLUTION', each alone in its line. "
                "Correct it.",
                number,
            )
        elif opened:
            region.append(line)
        elif line.rstrip().endswith("# SOLUTION"):
            flush(number)
            bare = line.rstrip().removesuffix("# SOLUTION").rstrip()
            indent = line[: len(line) - len(line.lstrip())]
            pieces.append(Piece((bare,), number, indent, is_solution=True))
        else:
            kept.append(line)
    if opened:
        raise source.error(
            "This solution region is never closed. Each '# BEGIN SOLUTION' needs an "
            "'# END SOLUTION' in the same cell. Add it.",
            opened[0],
        )
    flush(cell.line + len(cell.text.splitlines()))
    has_region = any(piece.is_solution for piece in pieces)
    if has_region and not cell.question:
        first = next(piece for piece in pieces if piece.is_solution)
        raise source.error(
            "A solution region outside a question. Students can only fill in cells with the "
            "option ':question: qN'. Add the option or remove the region.",
            first.line,
        )
    return pieces


def solve(source: Source, cell: Cell) -> str:
    """Return the code of a cell as the solution shows it: everything, without the markers."""
    return "\n".join(line for piece in split_regions(source, cell) for line in piece.lines)


def stub(source: Source, cell: Cell, *, needed: Iterable[str], is_written: bool = False) -> str:
    """Return the code of a cell as the problem set shows it.

    Parameters
    ----------
    source : Source
        Where the cell comes from, for error messages.
    cell : Cell
        A code cell.
    needed : iterable of str
        Names that other cells or the check use: these get a placeholder.
    is_written : bool
        Whether the question is answered in words.
    """
    pieces = split_regions(source, cell)
    lines: list[str] = []
    for index, piece in enumerate(pieces):
        if not piece.is_solution:
            lines += piece.lines
            continue
        after = "\n".join(line for later in pieces[index + 1 :] for line in later.lines)
        used_after = identifiers(after)
        # What a function sets stays in the function, whatever other cells use the name for.
        is_local = bool(piece.indent) and _is_in_function(cell, piece)
        wanted = used_after if is_local else {*needed, *used_after}
        lines += _stub_lines(source, cell, piece, wanted, is_written=is_written, is_local=is_local)
    text = "\n".join(lines)
    regions = [piece for piece in pieces if piece.is_solution]
    if regions and not _is_code(text):
        raise source.error(
            "The cell is no valid Python any more when its solution is cut out. A region holds "
            "whole statements, and what stays must be complete without them. Move the markers.",
            regions[0].line,
        )
    return text


def _stub_lines(
    source: Source,
    cell: Cell,
    piece: Piece,
    wanted: set[str],
    *,
    is_written: bool,
    is_local: bool,
) -> list[str]:
    indent = piece.indent
    code = textwrap.dedent("\n".join(piece.lines))
    try:
        tree = ast.parse(f"def region():\n{textwrap.indent(code, '    ')}")
    except SyntaxError as error:
        raise source.error(
            f"The solution region is no complete Python code: {error.msg}. "
            "A region holds whole statements. Move the markers.",
            piece.line + max(error.lineno or 0, 2) - 2,
        ) from error
    body = tree.body[0]
    assert isinstance(body, ast.FunctionDef)
    passing = _loop_variables(body.body)
    names = [n for n in assigned_names(body.body) if n in wanted and n not in passing]
    if is_written and _is_text(body.body):
        return [f'{indent}{name} = """\n\n"""' for name in names]
    placeholder = f'todo("{cell.question}")'
    if is_local and (_returns(body.body) or not names):
        return [f"{indent}{_MARK_LINE}", f"{indent}return {placeholder}"]
    if names:
        return [f"{indent}{_MARK}", *(f"{indent}{name} = {placeholder}" for name in names)]
    # A block needs a statement; at the left margin a comment will do.
    return [f"{indent}{_MARK_LINE}", f"{indent}..."] if indent else ["# ▼ your code here"]


def _is_text(statements: list[ast.stmt]) -> bool:
    """Whether a region is one text: the form of a written answer."""
    node = statements[0]
    return (
        len(statements) == 1
        and isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _loop_variables(statements: list[ast.stmt]) -> set[str]:
    """List the names that only run through a loop: no placeholder, whoever else is called so."""
    loops = [node for node in own_nodes(statements) if isinstance(node, ast.For | ast.AsyncFor)]
    targets = [
        id(node) for loop in loops for node in ast.walk(loop.target) if isinstance(node, ast.Name)
    ]
    stored: dict[str, set[bool]] = {}
    for node in own_nodes(statements):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            stored.setdefault(node.id, set()).add(id(node) in targets)
    return {name for name, in_loop in stored.items() if in_loop == {True}}


def _returns(statements: list[ast.stmt]) -> bool:
    return any(isinstance(node, ast.Return) for node in own_nodes(statements))


def _is_in_function(cell: Cell, piece: Piece) -> bool:
    """Whether a region lies in the body of a function of its cell."""
    # Same line numbers as in the file: the markers are left in, as the comments that they are.
    tree = _parse(cell.text)
    first = piece.line - cell.line + 1
    return tree is not None and any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.lineno < first <= (node.end_lineno or 0)
        for node in ast.walk(tree)
    )


def _is_code(text: str) -> bool:
    tree = _parse(text)
    if tree is None:
        return False
    try:
        compile(tree, "<stub>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError:
        return False
    return True


def _parse(text: str) -> ast.Module | None:
    """Parse the code of a cell; lines of IPython (``%...``, ``!...``) count as ``pass``."""
    try:
        return ast.parse(re.sub(r"^([ \t]*)[%!].*$", r"\1pass", text, flags=re.M))
    except SyntaxError:
        return None


def identifiers(code: str) -> set[str]:
    """Return the names that occur in a piece of code, which need not be complete."""
    found = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            if token.type == tokenize.NAME:
                found.add(token.string)
            elif token.type == tokenize.STRING and token.string[:1] in "fF":
                found |= set(re.findall(r"[A-Za-z_]\w*", token.string))
    except (tokenize.TokenError, SyntaxError):
        found |= set(re.findall(r"[A-Za-z_]\w*", code))
    return found


def solution_lines(source: Source, cell: Cell) -> list[tuple[int, str]]:
    """List the lines of a cell that only the solution shows, with their line numbers."""
    if cell.is_solution:
        return list(enumerate(cell.text.splitlines(), start=cell.line))
    if cell.kind != "code":
        return []
    return [
        (piece.line + offset, line)
        for piece in split_regions(source, cell)
        if piece.is_solution
        for offset, line in enumerate(piece.lines)
    ]
