"""The templates of the HTML pages, and the assets that pages load.

`html_pages`, `guides` and `error_pages` pass the parts of a page as HTML and get its bytes, or
an answer with the headers of all pages. No page may load anything from another host, or contain an
inline script or style. Swagger UI comes from the files of the package `fastapi-offline`, so that
/docs works without a network.
"""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from string import Template

from app.web.http import answers
from app.web.http.answers import CACHE_FIVE_MINUTES, PreparedAnswer

HTML = "text/html; charset=utf-8"
CLOSED_POLICY = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_POLICY = f"default-src 'none'; style-src 'self'; img-src 'self'; {CLOSED_POLICY}"
PAGE_POLICY = {"Content-Security-Policy": _POLICY, "Content-Language": "en"}
PAGE_HEADERS = {**CACHE_FIVE_MINUTES, **PAGE_POLICY}


def _find_package_folder(package: str) -> Path:
    """Find the folder of a package without importing it. Raises ModuleNotFoundError."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed", name=package)
    return Path(spec.origin).parent


OWN_ASSETS = Path(__file__).parent / "assets"
_SWAGGER_ASSETS = _find_package_folder("fastapi_offline") / "static"
_JAVASCRIPT, _CSS = "text/javascript; charset=utf-8", "text/css; charset=utf-8"
# Only these names are served, so that no URL can lead out of these two folders.
ASSETS = {
    "swagger-ui-bundle.js": (_SWAGGER_ASSETS, _JAVASCRIPT),
    "swagger-ui.css": (_SWAGGER_ASSETS, _CSS),
    "docs.js": (OWN_ASSETS, _JAVASCRIPT),
    "docs.css": (OWN_ASSETS, _CSS),
    "page.css": (OWN_ASSETS, _CSS),
    "favicon.svg": (OWN_ASSETS, answers.SVG),
}
_ASSET_URL = re.compile(r"/docs/assets/([a-z.-]+)")


@cache
def load_asset(name: str) -> PreparedAnswer:
    """Read a file of ASSETS. It is read once."""
    folder, kind = ASSETS[name]
    body, route = (folder / name).read_bytes(), "/docs/assets/{name}"
    return answers.prepare(body, route, CACHE_FIVE_MINUTES, kind, compress=True)


def asset_version(asset: PreparedAnswer) -> str:
    """Return the `v` of an asset's URL, under which it never changes."""
    return asset.etag.strip('"')


def prepare_page(route: str, page: bytes) -> PreparedAnswer:
    """Prepare a page for its route, with the headers of a page without scripts."""
    return answers.prepare(page, route, PAGE_HEADERS, HTML, compress=True)


def render_page(name: str, **parts: str) -> bytes:
    """Fill the template of a page, and add its version to the URL of each asset."""
    return _ASSET_URL.sub(
        lambda found: f"{found[0]}?v={asset_version(load_asset(found[1]))}",
        fill_template(name, **parts),
    ).encode()


def render_text_page(title: str, main: str, *, head: str = "", after: str = "") -> bytes:
    """Build a page of text with the links of all pages. `head` goes into its head, and `after`
    behind the main part.
    """
    return render_page("page.html", title=title, main=main, head=head, after=after)


def fill_template(name: str, **parts: str) -> str:
    """Fill a template. The parts must be HTML already: nothing is escaped here."""
    return Template((OWN_ASSETS / name).read_text("utf-8")).substitute(parts)
