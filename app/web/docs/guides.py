"""The guides, the changelog, and /llms.txt, as Markdown and as HTML.

In: the Markdown files in `guides/`, the list of codes that `codes_guide` writes, and
`changelog.md`, which is the CHANGELOG.md of the repository. All of them are in the package, so that
an installed service has them. Out: a `Guide`, and prepared pages, each made once. Called by
`guide_routes`.
"""

import importlib
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from app.web.docs import page_templates
from app.web.docs.codes_guide import write_code_list

_FOLDER = Path(__file__).parent / "guides"
_CHANGELOG = Path(__file__).parent / "changelog.md"
_CODES = "codes"
# In the order in which a developer needs them.
NAMES = (
    "start",
    "watch-companion",
    "keep-in-step",
    "import-history",
    "show-a-session",
    "errors-and-retries",
    "production",
    "glossary",
    _CODES,
)
_LLMS_HEAD = """\
# Pushoff

> Calf and core strength for runners as a service: exercise instructions, progressive weekly
> programmes with a reason and its evidence for every number, and a training log that decides what
> comes next.

Planning needs no key and stores nothing: `POST /programs` with the body `{}` answers with twelve
weeks. Storing completed sessions needs a key. Errors are `application/problem+json`. This is
general fitness information, not medical advice.

## Guides
"""
_LLMS_REFERENCE = """
## Reference

- [OpenAPI document](/openapi.json): every operation, with its schemas and a real answer
- [Reasons](/reasons): every code with its sentences, as JSON
- [Evidence](/evidence): the studies behind the reasons, as JSON
- [Exercises](/exercises): how to do each exercise, as JSON

## Optional

- [Changelog](/changelog.md): what has changed for clients
- [Problems](/problems): a page for each kind of error
"""


@dataclass(frozen=True, slots=True)
class Guide:
    """One guide."""

    name: str
    title: str
    summary: str
    """Its first paragraph: what it is for, in a sentence."""
    text: str
    """The whole guide in Markdown."""

    @property
    def path(self) -> str:
        return f"/guides/{self.name}"


@cache
def load_guide(name: str) -> Guide:
    """Load one of NAMES. It is read once."""
    text = write_code_list() if name == _CODES else (_FOLDER / f"{name}.md").read_text("utf-8")
    title, summary = text.split("\n\n", 2)[:2]
    return Guide(name, title.removeprefix("# "), " ".join(summary.split()), text)


def read_changelog() -> str:
    return _CHANGELOG.read_text("utf-8")


def write_llms_txt() -> str:
    """Return the index for language models, in the form of llmstxt.org."""
    lines = (f"- [{g.title}]({g.path}.md): {g.summary}" for g in map(load_guide, NAMES))
    return "\n".join([_LLMS_HEAD, *lines, _LLMS_REFERENCE])


def render_guide(guide: Guide) -> bytes:
    """Return the page of a guide, with links to all others."""
    title, main = _render(guide.text)
    links = " ".join(_link(one, guide.name) for one in map(load_guide, NAMES))
    return page_templates.render_text_page(
        escape(title),
        main,
        head=f'  <link rel="alternate" type="text/markdown" href="{guide.path}.md">\n',
        after=page_templates.fill_template("guide-end.html", links=links, path=guide.path),
    )


def render_index() -> bytes:
    """Return the page that lists the guides."""
    rows = "".join(
        page_templates.fill_template(
            "guide-row.html",
            path=guide.path,
            title=escape(guide.title),
            summary=_render(f"# \n\n{guide.summary}")[1],
        )
        for guide in map(load_guide, NAMES)
    )
    main = page_templates.fill_template("guides.html", rows=rows)
    return page_templates.render_text_page("Guides", main)


def render_changelog() -> bytes:
    """Return the changelog as a page."""
    title, main = _render(read_changelog())
    return page_templates.render_text_page(escape(title), main)


def _link(guide: Guide, current: str) -> str:
    mark = ' aria-current="page"' if guide.name == current else ""
    return f'<a href="{guide.path}"{mark}>{escape(guide.title)}</a>'


def _render(text: str) -> tuple[str, str]:
    markdown: Any = importlib.import_module("app.web.docs.markdown")
    rendered: tuple[str, str] = markdown.render(text)
    return rendered
