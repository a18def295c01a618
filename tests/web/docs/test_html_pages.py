"""Tests of the HTML pages: content, no other hosts, no inline scripts, and caching."""

import gzip
import json
import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from urllib.robotparser import RobotFileParser

import httpx
import pytest
from pydantic import SecretStr

from app.main import create_app
from app.settings import Settings
from app.web.docs import html_pages, page_templates
from app.web.docs.page_templates import ASSETS, OWN_ASSETS
from app.web.http import problems
from tests.web.docs.page_links import PageLinks

PAGES = ["/docs", "/problems", *(f"/problems/{slug}" for slug in problems.by_slug())]
SMALL = ["/favicon.ico", "/favicon.svg", "/robots.txt"]
CACHED = ["/openapi.json", *SMALL, *PAGES, *(f"/docs/assets/{name}" for name in ASSETS)]
# The XML namespace of SVG: a name, not a link.
SVG_NAMESPACE = "http://www.w3.org/2000/svg"


@pytest.fixture(scope="module")
async def client(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A client of one app for all tests: pages have no state, and the first answer is slow."""
    folder = tmp_path_factory.mktemp("pages")
    app = create_app(Settings(database_url=SecretStr(f"sqlite:///{folder}/pages.db")))
    transport = httpx.ASGITransport(app=app)
    plain = {"Accept-Encoding": "identity"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=plain
    ) as opened:
        yield opened
    await app.state.resources.database.close()


class TestDocsPage:
    async def test_loads_everything_from_this_service(self, client: httpx.AsyncClient) -> None:
        links = PageLinks((await client.get("/docs")).text)
        paths = {address.partition("?")[0] for address in links.found}
        assets = {f"/docs/assets/{name}" for name in ASSETS} - {"/docs/assets/page.css"}
        assert paths == assets | {"/", "/guides", "/changelog", "/problems", "/openapi.json"}
        for address in links.found:
            assert address.startswith("/")
            assert (await client.get(address)).status_code == 200

    @pytest.mark.parametrize("address", PAGES)
    async def test_has_no_inline_script_like_all_pages(
        self, address: str, client: httpx.AsyncClient
    ) -> None:
        assert PageLinks((await client.get(address)).text).inline == []

    async def test_allows_only_scripts_of_this_service(self, client: httpx.AsyncClient) -> None:
        policy = (await client.get("/docs")).headers["content-security-policy"]
        assert policy == (
            "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
            "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        )

    def test_uses_no_validator(self) -> None:
        assert re.search(
            r"^ +validatorUrl: null,$", (OWN_ASSETS / "docs.js").read_text(), re.MULTILINE
        )


class TestAssets:
    @pytest.mark.parametrize(("name", "media_type"), [(n, kind) for n, (_, kind) in ASSETS.items()])
    async def test_returns_the_content_of_the_file(
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
            "../html_pages.py",
            "..%2fhtml_pages.py",
            "%2e%2e/html_pages.py",
            "..%5chtml_pages.py",
            "%2fetc%2fpasswd",
            "docs.js%2f..%2fpage.html",
            "DOCS.JS",
            "",
        ],
    )
    async def test_responds_404_to_other_files(self, name: str, client: httpx.AsyncClient) -> None:
        assert Path(html_pages.__file__).name == "html_pages.py"
        answer = await client.get(f"/docs/assets/{name}")
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/not-found"

    @pytest.mark.parametrize("name", ASSETS)
    async def test_is_gzipped_if_the_client_accepts_it(
        self, name: str, client: httpx.AsyncClient
    ) -> None:
        path = f"/docs/assets/{name}"
        plain = await client.get(path)
        async with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as gzipped:
            sent = b"".join([chunk async for chunk in gzipped.aiter_raw()])
        assert gzipped.headers["content-encoding"] == "gzip"
        assert gzip.decompress(sent) == plain.content
        assert int(gzipped.headers["content-length"]) == len(sent)
        assert "content-encoding" not in plain.headers
        assert plain.headers["vary"] == gzipped.headers["vary"] == "Accept-Encoding"
        assert plain.headers["etag"] != gzipped.headers["etag"]

    async def test_is_compressed_once(self, client: httpx.AsyncClient) -> None:
        await client.get("/docs/assets/swagger-ui-bundle.js")
        asset = page_templates.load_asset("swagger-ui-bundle.js")
        await client.get("/docs/assets/swagger-ui-bundle.js")
        assert page_templates.load_asset("swagger-ui-bundle.js") is asset
        assert len(asset.negotiate("gzip").body) < len(asset.body) / 3

    async def test_is_immutable_with_its_version(self, client: httpx.AsyncClient) -> None:
        page = (await client.get("/docs")).text
        address = next(a for a in PageLinks(page).found if "docs.js" in a)
        assert "immutable" in (await client.get(address)).headers["cache-control"]

    @pytest.mark.parametrize("query", ["", "?v=", "?v=0123456789abcdef01234567"])
    async def test_is_cached_for_five_minutes_without_its_version(
        self, query: str, client: httpx.AsyncClient
    ) -> None:
        answer = await client.get(f"/docs/assets/docs.js{query}")
        assert answer.headers["cache-control"] == "public, max-age=300, must-revalidate"

    @pytest.mark.parametrize("file", sorted(OWN_ASSETS.iterdir()), ids=lambda file: file.name)
    def test_contains_no_other_host(self, file: Path) -> None:
        text = file.read_text().replace(SVG_NAMESPACE, "")
        assert re.findall(r"(?:https?:|['\"(\s=])//\w[^\s'\"]*", text) == []


class TestOpenapiJson:
    async def test_is_the_document_of_the_app(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/openapi.json")
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"] == "public, max-age=300, must-revalidate"
        assert {"/exercises", "/programs"} <= answer.json()["paths"].keys()

    async def test_contains_no_html_page(self, client: httpx.AsyncClient) -> None:
        paths = (await client.get("/openapi.json")).json()["paths"]
        assert not [path for path in paths if path.startswith(("/docs", "/problems", "/openapi"))]

    async def test_is_encoded_once(self, client: httpx.AsyncClient) -> None:
        first, second = await client.get("/openapi.json"), await client.get("/openapi.json")
        assert first.content == second.content
        transport = client._transport
        assert isinstance(transport, httpx.ASGITransport)
        stored = transport.app.state.openapi_document  # type: ignore[attr-defined]
        assert stored.body == first.content

    async def test_links_to_problem_pages_that_exist(self, client: httpx.AsyncClient) -> None:
        linked = set(re.findall(r"/problems/[a-z-]+", (await client.get("/openapi.json")).text))
        assert linked
        assert linked <= set(PAGES)


class TestProblemPages:
    @pytest.mark.parametrize("slug", problems.by_slug())
    async def test_contains_title_and_docstring(self, slug: str, client: httpx.AsyncClient) -> None:
        kind = problems.by_slug()[slug]
        page = (await client.get(f"/problems/{slug}")).text
        assert f"<h1>{kind.title}</h1>" in page
        text = " ".join(unescape(re.sub(r"<[^>]+>", "", page)).split())
        assert " ".join((kind.__doc__ or "").replace("`", "").split()) in text

    @pytest.mark.parametrize("slug", problems.by_slug())
    async def test_contains_an_example(self, slug: str, client: httpx.AsyncClient) -> None:
        page = (await client.get(f"/problems/{slug}")).text
        found = re.search(r"<pre[^>]*><code>(.*?)</code></pre>", page, re.DOTALL)
        assert found
        example = json.loads(unescape(found[1]))
        kind = problems.by_slug()[slug]
        assert (example["type"], example["status"]) == (f"/problems/{slug}", kind.status)
        assert {"title", "detail", "instance", "request_id"} <= example.keys()

    async def test_is_linked_in_the_list_of_all_problems(self, client: httpx.AsyncClient) -> None:
        listed = PageLinks((await client.get("/problems")).text).found
        assert [a for a in listed if a.startswith("/problems/")] == PAGES[2:]

    async def test_has_no_broken_links(self, client: httpx.AsyncClient) -> None:
        for page in ("/problems", "/problems/conflict"):
            for address in PageLinks((await client.get(page)).text).found:
                assert (await client.get(address)).status_code == 200

    async def test_exists_for_the_type_of_a_problem(self, client: httpx.AsyncClient) -> None:
        problem = (await client.get("/exercises/nope")).json()
        assert (await client.get(problem["type"])).status_code == 200

    @pytest.mark.parametrize(
        "path",
        ["/problems/nope", "/problems/NOT-FOUND", "/problems/", "/problems/%3Cscript%3E", "/docs/"],
    )
    async def test_does_not_exist_for_other_slugs(
        self, path: str, client: httpx.AsyncClient
    ) -> None:
        answer = await client.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_escapes_title_and_docstring(
        self, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(problems.Overloaded, "title", '<b>&"')
        monkeypatch.setattr(problems.Overloaded, "__doc__", "Try <i>again</i> & `a<b`.\n\nSoon.")
        for path in ("/problems", "/problems/overloaded"):
            page = (await client.get(path)).text
            assert "&lt;b&gt;&amp;&quot;" in page
            assert "<p>Try &lt;i&gt;again&lt;/i&gt; &amp; <code>a&lt;b</code>.</p><p>Soon." in page
            assert "<b>" not in page

    async def test_allows_no_scripts(self, client: httpx.AsyncClient) -> None:
        headers = (await client.get("/problems")).headers
        assert headers["content-language"] == "en"
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self';")


class TestSmallPages:
    @pytest.mark.parametrize("path", ["/favicon.ico", "/favicon.svg"])
    async def test_show_the_icon(self, path: str, client: httpx.AsyncClient) -> None:
        answer = await client.get(path)
        assert answer.headers["content-type"] == "image/svg+xml"
        assert answer.content == (OWN_ASSETS / "favicon.svg").read_bytes()

    async def test_keep_robots_away_from_answers(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/robots.txt")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        rules = RobotFileParser()
        rules.parse(answer.text.splitlines())
        for path in ("/", "/docs", "/guides/start", "/problems/conflict", "/exercises/step-up"):
            assert rules.can_fetch("any", path), path
        for path in ("/programs/AgCZvl77", "/sessions", "/athletes/x", "/calendars/x.ics"):
            assert not rules.can_fetch("any", path), path


class TestEveryPage:
    @pytest.mark.parametrize("path", [*CACHED, "/nowhere", "/problems/nope", "/docs/assets/nope"])
    async def test_has_each_security_header_once(
        self, path: str, client: httpx.AsyncClient
    ) -> None:
        headers = (await client.get(path)).headers
        assert headers.get_list("x-content-type-options") == ["nosniff"]
        assert headers.get_list("referrer-policy") == ["no-referrer"]
        policies = headers.get_list("content-security-policy")
        assert len(policies) == 1
        assert "frame-ancestors 'none'" in policies[0]

    @pytest.mark.parametrize("path", PAGES)
    async def test_is_html_for_any_accept_header(
        self, path: str, client: httpx.AsyncClient
    ) -> None:
        for accepted in ("text/html", "application/xml", "gibberish"):
            answer = await client.get(path, headers={"Accept": accepted})
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "text/html; charset=utf-8"

    @pytest.mark.parametrize("path", PAGES)
    async def test_contains_no_other_host(self, path: str, client: httpx.AsyncClient) -> None:
        page = (await client.get(path)).text
        assert not re.search(r"https?:|[\"'(=]//", page)

    @pytest.mark.parametrize("path", CACHED)
    async def test_is_304_with_its_etag(self, path: str, client: httpx.AsyncClient) -> None:
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
    async def test_rejects_delete(self, path: str, client: httpx.AsyncClient) -> None:
        answer = await client.delete(path)
        assert answer.status_code == 405
        allowed = answer.headers["allow"].split(", ")
        assert {"GET", "HEAD"} <= set(allowed)
        assert "DELETE" not in allowed
