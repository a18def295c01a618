"""Render Markdown as HTML: CommonMark with tables, and without raw HTML.

In: the text of a guide, or the changelog. Out: its title, and the rest as HTML that needs no
script: headings with anchors, links to other guides, and code in colours. Only `guides` loads this
module, by name, because most processes never show a guide (ADR 18).
"""

import re
from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

# A link from one guide to another is the name of its file, so that it works beside the files, too.
_GUIDE_FILE = re.compile(r"([a-z-]+)\.md(#.*)?")
_STRING = r'"(?:\\.|[^"\\\n])*"'
# What is coloured in code. The first that matches wins, so a comment may contain an apostrophe.
_SHELL = re.compile(rf"(?P<comment>(?<!\S)#[^\n]*)|(?P<string>'[^']*'|{_STRING})")
_PYTHON = re.compile(
    rf"(?P<comment>(?<!\S)#[^\n]*)|(?P<string>'[^'\n]*'|{_STRING})|(?P<number>\b\d[\d._]*\b)"
)
_JSON = re.compile(
    rf"(?P<name>{_STRING}(?=\s*:))|(?P<string>{_STRING})|(?P<number>-?\b\d[\d.]*\b|true|false|null)"
)
_LANGUAGES = {"sh": _SHELL, "python": _PYTHON, "json": _JSON}


def render(text: str) -> tuple[str, str]:
    """Return the first heading as plain text, and everything after it as HTML."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("fence", _render_fence)
    parser.add_render_rule("code_inline", _render_inline_code)
    tokens = parser.parse(text)
    title = tokens[1].content
    _complete(tokens)
    html: str = parser.renderer.render(tokens[3:], parser.options, {})
    return title, html


def find_anchor(heading: str) -> str:
    """Return the anchor of a heading: its words in small letters, with hyphens between them."""
    return "-".join(re.findall(r"[a-z0-9]+", heading.lower()))


def _complete(tokens: Sequence[Token]) -> None:
    """Add what Markdown cannot say: anchors, the addresses of guides, and the class of tables."""
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and following is not None:
            anchor = find_anchor(following.content)
            token.attrSet("id", anchor)
            _link_heading(following, anchor)
        if token.type == "table_open":
            token.attrSet("class", "stacked")
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", _GUIDE_FILE.sub(r"/guides/\1\2", str(child.attrGet("href"))))


def _link_heading(heading: Token, anchor: str) -> None:
    inside = heading.children or []
    # A link may not contain another one.
    if not any(child.type == "link_open" for child in inside):
        opening = Token("link_open", "a", 1, attrs={"href": f"#{anchor}"})
        heading.children = [opening, *inside, Token("link_close", "a", -1)]


def _render_fence(_renderer: object, tokens: Sequence[Token], index: int, *_: object) -> str:
    # It can be scrolled with the keyboard, because it has a tab stop.
    code = _colour(tokens[index].content, tokens[index].info.strip())
    return f'<pre tabindex="0"><code>{code}</code></pre>\n'


def _render_inline_code(_renderer: object, tokens: Sequence[Token], index: int, *_: object) -> str:
    # A path may break after one of its parts.
    text = escape(tokens[index].content, quote=False)
    code = re.sub(r"(?<=[\w}])/(?=[\w{])", "/<wbr>", text)
    return f"<code>{code}</code>"


def _colour(code: str, language: str) -> str:
    """Return code as HTML, with a class for each comment, string, name and number."""
    pattern = _LANGUAGES.get(language)
    if pattern is None:
        return escape(code, quote=False)
    parts, end = [], 0
    for found in pattern.finditer(code):
        text = escape(found[0], quote=False)
        parts += [escape(code[end : found.start()], quote=False)]
        parts += [f'<span class="{found.lastgroup}">{text}</span>']
        end = found.end()
    return "".join([*parts, escape(code[end:], quote=False)])
