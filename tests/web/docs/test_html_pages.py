"""Holds the pages: complete, closed to other hosts, and cheap to ask for again."""

import gzip
import json
import re
from collections.abc import AsyncIterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from app.main import create_app
from app.settings import Settings
from app.web.docs import html_pages
from app.web.docs.html_pages import ASSETS, OURS
from app.web.http import problems

PAGES = ["/docs", "/problems", *(f"/problems/{slug}" for slug in problems.family())]
CACHED = ["/openapi.json", *PAGES, *(f"/docs/assets/{name}" for name in ASSETS)]
# The name of the language that a picture is written in, which nobody looks up.
SVG = "http://www.w3.org/2000/svg"


@pytest.fixture(scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A client of one app for all: pages keep nothing, and an app's first answer is slow."""
    folder = tmp_path_factory.mktemp("pages")
    app = create_app(Settings(database_url=SecretStr(f"sqlite:///{folder}/pages.db")))
    transport = httpx.ASGITransport(app=app)
    plain = {"Accept-Encoding": "identity"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=plain
    ) as opened:
        yield opened
    await app.state.resources.database.close()


class Addresses(HTMLParser):
    """Collects what a page loads and links to, and the scripts that it holds inline."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inline: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found += [given[name] or "" for name in ("href", "src") if name in given]
        if tag == "script" and "src" not in given:
            self.inline.append(tag)
        self.inline += [name for name in given if name.startswith("on") or name == "style"]


class TestDocs:
    async def test_load_everything_from_here(self, client: httpx.AsyncClient) -> None:
        addresses = Addresses((await client.get("/docs")).text)
        names = {address.partition("?")[0].rpartition("/")[2] for address in addresses.found}
        assert names == {*ASSETS, "openapi.json"} - {"page.css"}
        for address in addresses.found:
            assert address.startswith("/")
            assert (await client.get(address)).status_code == 200

    @pytest.mark.parametrize("address", PAGES)
    async def test_and_other_pages_hold_no_inline_script(
        self, address: str, client: httpx.AsyncClient
    ) -> None:
        assert Addresses((await client.get(address)).text).inline == []

    async def test_allow_scripts_of_ours_alone(self, client: httpx.AsyncClient) -> None:
        policy = (await client.get("/docs")).headers["content-security-policy"]
        assert policy == (
            "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
            "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )

    def test_ask_no_validator(self) -> None:
        assert re.search(r"^ +validatorUrl: null,$", (OURS / "docs.js").read_text(), re.MULTILINE)


class TestAssets:
    @pytest.mark.parametrize(("name", "media_type"), [(n, kind) for n, (_, kind) in ASSETS.items()])
    async def test_are_the_files_of_the_list(
        self, name: str, media_type: str, client: httpx.AsyncClient
    ) -> None:
        answer = await client.get(f"/docs/assets/{name}")
        assert answer.content == (ASSETS[name][0] / name).read_bytes()
        assert answer.headers["content-type"] == media_type

    @pytest.mark.parametrize(
        "name",
        [
            "docs.html",
            "redoc.standalone.js",
            "../pages.py",
            "..%2fpages.py",
            "%2e%2e/%2e%2e/pages.py",
            "..%5cpages.py",
            "%2fetc%2fpasswd",
            "docs.js%2f..%2fpage.html",
            "DOCS.JS",
            "",
        ],
    )
    async def test_are_no_other_files(self, name: str, client: httpx.AsyncClient) -> None:
        answer = await client.get(f"/docs/assets/{name}")
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/not-found"

    @pytest.mark.parametrize("name", ASSETS)
    async def test_come_gzipped_to_whom_can_read_it(
        self, name: str, client: httpx.AsyncClient
    ) -> None:
        path = f"/docs/assets/{name}"
        plain = await client.get(path)
        async with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as small:
            sent = b"".join([chunk async for chunk in small.aiter_raw()])
        assert small.headers["content-encoding"] == "gzip"
        assert gzip.decompress(sent) == plain.content
        assert int(small.headers["content-length"]) == len(sent)
        assert "content-encoding" not in plain.headers
        assert plain.headers["vary"] == small.headers["vary"] == "Accept-Encoding"
        assert plain.headers["etag"] != small.headers["etag"]

    async def test_are_compressed_once(self, client: httpx.AsyncClient) -> None:
        await client.get("/docs/assets/swagger-ui-bundle.js")
        kept = html_pages.open_asset("swagger-ui-bundle.js")
        await client.get("/docs/assets/swagger-ui-bundle.js")
        assert html_pages.open_asset("swagger-ui-bundle.js") is kept
        assert len(kept.choose("gzip").body) < len(kept.body) / 3

    async def test_are_kept_for_good_under_their_version(self, client: httpx.AsyncClient) -> None:
        page = (await client.get("/docs")).text
        address = next(a for a in Addresses(page).found if "docs.js" in a)
        assert "immutable" in (await client.get(address)).headers["cache-control"]

    @pytest.mark.parametrize("query", ["", "?v=", "?v=0123456789abcdef01234567"])
    async def test_are_kept_for_minutes_under_any_other(
        self, query: str, client: httpx.AsyncClient
    ) -> None:
        answer = await client.get(f"/docs/assets/docs.js{query}")
        assert answer.headers["cache-control"] == "public, max-age=300, must-revalidate"

    @pytest.mark.parametrize("file", sorted(OURS.iterdir()), ids=lambda file: file.name)
    def test_that_we_wrote_name_no_other_host(self, file: Path) -> None:
        text = file.read_text().replace(SVG, "")
        assert re.findall(r"(?:https?:|['\"(\s=])//\w[^\s'\"]*", text) == []


class TestDocument:
    async def test_is_that_of_the_app(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/openapi.json")
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"] == "public, max-age=300, must-revalidate"
        assert {"/exercises", "/programs"} <= answer.json()["paths"].keys()

    async def test_names_no_page(self, client: httpx.AsyncClient) -> None:
        paths = (await client.get("/openapi.json")).json()["paths"]
        assert not [path for path in paths if path.startswith(("/docs", "/problems", "/openapi"))]

    async def test_is_encoded_once(self, client: httpx.AsyncClient) -> None:
        first, second = await client.get("/openapi.json"), await client.get("/openapi.json")
        assert first.content == second.content
        transport = client._transport
        assert isinstance(transport, httpx.ASGITransport)
        kept = transport.app.state.openapi_document  # type: ignore[attr-defined]
        assert kept.body == first.content

    async def test_points_at_pages_that_exist(self, client: httpx.AsyncClient) -> None:
        named = set(re.findall(r"/problems/[a-z-]+", (await client.get("/openapi.json")).text))
        assert named
        assert named <= set(PAGES)


class TestProblemPages:
    @pytest.mark.parametrize("slug", problems.family())
    async def test_tell_every_kind(self, slug: str, client: httpx.AsyncClient) -> None:
        kind = problems.family()[slug]
        page = (await client.get(f"/problems/{slug}")).text
        assert f"<h1>{kind.title}</h1>" in page
        told = " ".join(unescape(re.sub(r"<[^>]+>", "", page)).split())
        assert " ".join((kind.__doc__ or "").replace("`", "").split()) in told

    @pytest.mark.parametrize("slug", problems.family())
    async def test_show_a_true_example(self, slug: str, client: httpx.AsyncClient) -> None:
        page = (await client.get(f"/problems/{slug}")).text
        found = re.search(r"<pre[^>]*><code>(.*?)</code></pre>", page, re.DOTALL)
        assert found
        example = json.loads(unescape(found[1]))
        kind = problems.family()[slug]
        assert (example["type"], example["status"]) == (f"/problems/{slug}", kind.status)
        assert {"title", "detail", "instance", "request_id"} <= example.keys()

    async def test_are_all_in_the_list(self, client: httpx.AsyncClient) -> None:
        listed = Addresses((await client.get("/problems")).text).found
        assert [a for a in listed if a.startswith("/problems/")] == PAGES[2:]

    async def test_link_to_nothing_that_is_missing(self, client: httpx.AsyncClient) -> None:
        for page in ("/problems", "/problems/conflict"):
            for address in Addresses((await client.get(page)).text).found:
                assert (await client.get(address)).status_code == 200

    async def test_exist_for_real_problems(self, client: httpx.AsyncClient) -> None:
        problem = (await client.get("/exercises/nope")).json()
        assert (await client.get(problem["type"])).status_code == 200

    @pytest.mark.parametrize(
        "path",
        ["/problems/nope", "/problems/NOT-FOUND", "/problems/", "/problems/%3Cscript%3E", "/docs/"],
    )
    async def test_exist_for_nothing_else(self, path: str, client: httpx.AsyncClient) -> None:
        answer = await client.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_escape_what_they_tell(
        self, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(problems.Overloaded, "title", '<b>&"')
        monkeypatch.setattr(problems.Overloaded, "__doc__", "Try <i>again</i> & `a<b`.\n\nSoon.")
        for path in ("/problems", "/problems/overloaded"):
            page = (await client.get(path)).text
            assert "&lt;b&gt;&amp;&quot;" in page
            assert "<p>Try &lt;i&gt;again&lt;/i&gt; &amp; <code>a&lt;b</code>.</p><p>Soon." in page
            assert "<b>" not in page

    async def test_allow_no_script_at_all(self, client: httpx.AsyncClient) -> None:
        policy = (await client.get("/problems")).headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self';")


class TestEveryPage:
    @pytest.mark.parametrize("path", [*CACHED, "/nowhere", "/problems/nope", "/docs/assets/nope"])
    async def test_has_its_security_headers_once(
        self, path: str, client: httpx.AsyncClient
    ) -> None:
        headers = (await client.get(path)).headers
        assert headers.get_list("x-content-type-options") == ["nosniff"]
        assert headers.get_list("referrer-policy") == ["no-referrer"]
        policies = headers.get_list("content-security-policy")
        assert len(policies) == 1
        assert "frame-ancestors 'none'" in policies[0]

    @pytest.mark.parametrize("path", PAGES)
    async def test_is_html_whatever_is_accepted(self, path: str, client: httpx.AsyncClient) -> None:
        for accepted in ("text/html", "application/xml", "gibberish"):
            answer = await client.get(path, headers={"Accept": accepted})
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "text/html; charset=utf-8"

    @pytest.mark.parametrize("path", PAGES)
    async def test_names_no_other_host(self, path: str, client: httpx.AsyncClient) -> None:
        page = (await client.get(path)).text
        assert not re.search(r"https?:|[\"'(=]//", page)

    @pytest.mark.parametrize("path", CACHED)
    async def test_is_not_sent_twice(self, path: str, client: httpx.AsyncClient) -> None:
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers.get("vary") == first.headers.get("vary")

    @pytest.mark.parametrize("path", CACHED)
    async def test_answers_head_without_a_body(self, path: str, client: httpx.AsyncClient) -> None:
        whole, head = await client.get(path), await client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == whole.headers["content-length"]
        assert head.headers["etag"] == whole.headers["etag"]

    @pytest.mark.parametrize("path", ["/docs", "/problems/conflict", "/openapi.json"])
    async def test_is_only_read(self, path: str, client: httpx.AsyncClient) -> None:
        answer = await client.delete(path)
        assert answer.status_code == 405
        allowed = answer.headers["allow"].split(", ")
        assert {"GET", "HEAD"} <= set(allowed)
        assert "DELETE" not in allowed
