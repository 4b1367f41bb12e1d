"""Errors that edex raises on purpose.

Each message has three parts: what was wrong (with the value), what is allowed, and what to do
next. Every class refines a builtin too, so code that knows nothing of edex can still catch it.
"""

__all__ = ["DataError", "EdexError", "InputError", "MissingExtraError", "SourceError"]


class EdexError(Exception):
    """Base of all errors that edex raises on purpose."""

    def _render_traceback_(self) -> list[str]:
        """In a notebook, show the message alone: IPython asks this instead of a traceback."""
        return [f"{type(self).__name__}: {self}"]


class InputError(EdexError, ValueError):
    """A value that a person gave (formula, name, option, parameter) breaks a stated rule."""


class DataError(EdexError, OSError):
    """A data set is absent, damaged, or cannot be fetched or stored."""


class MissingExtraError(EdexError, ImportError):
    """A science package needs an optional dependency that is not installed.

    Parameters
    ----------
    package : str
        The import that failed, for example ``"chemicals"``.
    extra : str
        The extra of edex that brings it, for example ``"melting"``.
    purpose : str
        What it was wanted for, as the end of the sentence "... is needed for".
    """

    def __init__(self, package: str, *, extra: str, purpose: str) -> None:
        super().__init__(
            f"The package {package!r} is needed for {purpose} and is not installed. "
            f"It comes with the extra [{extra}]. "
            f'Install it with: python -m pip install "edex[{extra}]"'
        )


class SourceError(EdexError, ValueError):
    """A mistake in the text source of an EdEx, with the file and the line.

    Parameters
    ----------
    message : str
        What is wrong, what is allowed, what to do.
    file : str
        The path of the source, as the author would type it.
    line : int
        Line number in the file, counted from 1.
    """

    def __init__(self, message: str, *, file: str, line: int) -> None:
        super().__init__(f"{file}:{line}: {message}")
        self.file = file
        self.line = line
