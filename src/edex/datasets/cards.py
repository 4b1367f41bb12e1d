"""Data cards: where a data set comes from, its licence, its units and its known faults."""

from importlib import resources

from edex.datasets.registry import get_spec

__all__ = ["card"]


def card(name: str) -> str:
    """Read the data card of a data set.

    Parameters
    ----------
    name : str
        Name of the data set, for example ``"crc-melting"``.

    Returns
    -------
    str
        Markdown text.

    Raises
    ------
    InputError
        If there is no data set of that name.

    Examples
    --------
    >>> print(card("crc-melting").splitlines()[0])
    # Data card: crc-melting
    """
    spec = get_spec(name)
    path = resources.files("edex.datasets") / "card_texts" / f"{spec.name}.md"
    return path.read_text(encoding="utf-8")
