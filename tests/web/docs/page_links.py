"""Finds what an HTML page loads and links to. Called by the tests of all pages."""

from html.parser import HTMLParser


class PageLinks(HTMLParser):
    """Collects the URLs that a page loads and links to, and its inline scripts and styles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inline: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.found += [attributes[name] or "" for name in ("href", "src") if name in attributes]
        if tag == "script" and "src" not in attributes:
            self.inline.append(tag)
        self.inline += [name for name in attributes if name.startswith("on") or name == "style"]
