"""What must hold for every page of the site before it is shown to anybody.

1. Every picture has a description.
2. Every link inside the site leads to a page and a place on it.
3. No page asks another machine for a script, a style, a font or a picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

__all__ = ["Page", "find_problems", "read_page"]

_LOADING = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src"}
_LOADING_LINKS = {"stylesheet", "preload", "icon", "modulepreload", "preconnect"}


@dataclass
class Page:
    """What a page offers and what it asks for.

    Attributes
    ----------
    path : Path
        The file.
    anchors : set of str
        Places on it that a link can lead to.
    links : list of str
        Where its links lead.
    loaded : list of str
        What a browser loads together with it.
    undescribed : list of str
        Pictures without a description.
    """

    path: Path
    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    undescribed: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        for name in ("id", "name"):
            if name in found:
                self.page.anchors.add(found[name])
        if tag == "a" and found.get("href"):
            self.page.links.append(found["href"])
        if tag == "link" and _LOADING_LINKS & set(found.get("rel", "").split()):
            self.page.loaded.append(found.get("href", ""))
        if found.get(_LOADING.get(tag, "")):
            self.page.loaded.append(found[_LOADING[tag]])
        is_decoration = found.get("role") == "presentation" or found.get("aria-hidden") == "true"
        if tag == "img" and not found.get("alt", "").strip() and not is_decoration:
            self.page.undescribed.append(found.get("src", "")[:60])


def read_page(path: Path) -> Page:
    """Read what a page offers and what it asks for."""
    page = Page(path)
    _Reader(page).feed(path.read_text(encoding="utf-8"))
    return page


def find_problems(folder: Path) -> list[str]:
    """Find pictures without description, broken links and requests to other machines.

    Parameters
    ----------
    folder : Path
        The built site.

    Returns
    -------
    list of str
        One sentence each, with the page; empty if all is well.
    """
    found = (path for path in sorted(folder.rglob("*.html")) if "_static" not in path.parts)
    pages = {path: read_page(path) for path in found}
    problems = []
    for path, page in pages.items():
        where = path.relative_to(folder)
        problems += [f"{where}: the picture {name!r} has no alt text." for name in page.undescribed]
        problems += [
            f"{where}: loads {address} from another machine."
            for address in page.loaded
            if urlsplit(address).scheme in ("http", "https") or address.startswith("//")
        ]
        problems += [
            f"{where}: the file {address} that it loads is not there."
            for address in page.loaded
            if _is_local(address) and not _target(path, address, folder).is_file()
        ]
        problems += [f"{where}: {problem}" for problem in _broken(page, pages, folder)]
    for path in sorted(folder.rglob("*.css")):
        for address in re.findall(r"url\(\s*['\"]?(https?:)?//", path.read_text(encoding="utf-8")):
            problems.append(f"{path.relative_to(folder)}: loads from another machine ({address}).")
    return problems


def _is_local(address: str) -> bool:
    parts = urlsplit(address)
    return not parts.scheme and not address.startswith("//") and bool(parts.path)


def _target(path: Path, address: str, folder: Path) -> Path:
    below = unquote(urlsplit(address).path)
    root = folder if below.startswith("/") else path.parent
    target = (root / below.lstrip("/")).resolve()
    return target / "index.html" if target.is_dir() else target


def _broken(page: Page, pages: dict[Path, Page], folder: Path) -> Iterator[str]:
    for link in dict.fromkeys(page.links):
        parts = urlsplit(link)
        if parts.scheme or link.startswith("//"):
            continue
        target = _target(page.path, link, folder) if parts.path else page.path
        if not target.is_file():
            yield f"the link {link} leads to no file."
        elif target in pages and unquote(parts.fragment) not in pages[target].anchors | {""}:
            yield f"the link {link} leads to no place on that page."
