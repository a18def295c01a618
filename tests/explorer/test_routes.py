"""The pages for people: their files, their policy, and who gets HTML at the URL of a programme."""

import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest

from app.explorer import routes
from app.training.catalog.track_definitions import OPTIONAL_TRACKS
from app.training.catalog.warning_signs import WARNING_SIGNS
from tests.client import caller, opened
from tests.web.docs.page_links import PageLinks

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
# What Chromium and Firefox send when a person opens an address.
CHROMIUM = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;"
    "q=0.8,application/signed-exchange;v=b3;q=0.7"
)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PROGRAM = "/programs/AgCZvl77"
PAGES = ["/", "/train"]
MAX_BYTES = 60_000
# The only HTML that a script writes, with all of it to the end of the statement.
DIAL = """\
  dial.innerHTML = '<svg viewBox="0 0 100 100" aria-hidden="true"><circle cx="50" cy="50" r="46"/>'
    + '<circle class="hand" cx="50" cy="50" r="46" pathLength="100"/></svg><strong></strong>\
<span></span>';
"""


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key of a service without a database: the pages need none."""
    async with opened(NOWHERE) as app, caller(app) as opened_client:
        yield opened_client


async def read_page(client: httpx.AsyncClient, path: str) -> str:
    answer = await client.get(path, headers={"Accept": CHROMIUM})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


async def list_files(client: httpx.AsyncClient, path: str) -> dict[str, bytes]:
    """Return the files that a page loads, with all modules that its modules import."""
    left = [a for a in PageLinks(await read_page(client, path)).found if "/assets/" in a]
    left += re.findall(r'"(/explorer/[^"]+)"', await read_page(client, path))
    files: dict[str, bytes] = {}
    while left:
        address = left.pop()
        if address not in files:
            answer = await client.get(address)
            assert answer.status_code == 200
            files[address] = answer.content
            found = re.findall(r'from "\./([^"]+)"', answer.text)
            left += [f"/explorer/{name}" for name in found]
    return files


class TestFrontPage:
    async def test_asks_for_every_warning_sign_first(self, client: httpx.AsyncClient) -> None:
        page = unescape(await read_page(client, "/"))
        for sign in WARNING_SIGNS:
            assert f'name="red_flags" value="{sign.code}"' in page
            assert sign.question in page
        first_field = re.search(r'<input[^>]* name="([^"]+)"', page)
        assert first_field
        assert first_field[1] == "red_flags"

    async def test_marks_the_urgent_signs(self, client: httpx.AsyncClient) -> None:
        marked = re.findall(r'value="([a-z0-9_]+)" data-urgent', await read_page(client, "/"))
        assert marked == [sign.code for sign in WARNING_SIGNS if sign.urgent]

    async def test_has_fields_that_the_api_knows(self, client: httpx.AsyncClient) -> None:
        document = (await client.get("/openapi.json")).json()
        known = {
            parameter["name"]: parameter["schema"]
            for parameter in document["paths"]["/programs"]["get"]["parameters"]
        }
        page = await read_page(client, "/")
        names = set(re.findall(r'<(?:input|select)[^>]* name="([^"]+)"', page))
        assert names <= set(known)
        for name in ("equipment", "level", "core"):
            schema = known[name]
            offered = re.findall(rf'name="{name}" value="([a-z_]+)"', page)
            assert offered
            assert set(offered) == set(schema.get("enum") or schema["items"]["enum"])
        assert re.findall(r'name="core" value="([a-z_]+)"', page) == [*OPTIONAL_TRACKS]

    async def test_ignores_its_query(self, client: httpx.AsyncClient) -> None:
        plain = await read_page(client, "/")
        assert await read_page(client, "/?level=<img src=x onerror=alert(1)>&level=2") == plain


class TestPages:
    @pytest.mark.parametrize("path", [*PAGES, PROGRAM])
    async def test_allow_nothing_inline_and_no_other_host(
        self, path: str, client: httpx.AsyncClient
    ) -> None:
        answer = await client.get(path, headers={"Accept": CHROMIUM})
        assert answer.headers["content-security-policy"] == (
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
        assert answer.headers["content-language"] == "en"
        links = PageLinks(answer.text)
        assert links.inline == []
        assert all(address.startswith(("/", "#", "./")) for address in links.found)
        assert "style=" not in answer.text

    @pytest.mark.parametrize("path", PAGES)
    async def test_load_files_that_never_change_under_their_version(
        self, path: str, client: httpx.AsyncClient
    ) -> None:
        files = await list_files(client, path)
        assert len(files) > 3
        for address in files:
            assert "?v=" in address
            assert "immutable" in (await client.get(address)).headers["cache-control"]

    @pytest.mark.parametrize("path", PAGES)
    async def test_are_light(self, path: str, client: httpx.AsyncClient) -> None:
        files = await list_files(client, path)
        assert any(".js" in address for address in files)
        loaded = sum(len(body) for address, body in files.items() if ".svg" not in address)
        assert len((await read_page(client, path)).encode()) + loaded < MAX_BYTES

    @pytest.mark.parametrize("path", PAGES)
    async def test_are_not_sent_twice(self, path: str, client: httpx.AsyncClient) -> None:
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


class TestFiles:
    @pytest.mark.parametrize(
        "name", ["index.html", "routes.py", "..%2froutes.py", "%2e%2e/settings.py", "", "x.js"]
    )
    async def test_are_only_scripts_and_sheets(self, name: str, client: httpx.AsyncClient) -> None:
        answer = await client.get(f"/explorer/{name}")
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")

    @pytest.mark.parametrize("name", sorted(routes.ASSETS))
    async def test_are_cached_for_five_minutes_without_their_version(
        self, name: str, client: httpx.AsyncClient
    ) -> None:
        answer = await client.get(f"/explorer/{name}")
        assert answer.headers["cache-control"] == "public, max-age=300, must-revalidate"
        assert answer.headers["content-type"].startswith(("text/css", "text/javascript"))

    @pytest.mark.parametrize("name", sorted(routes.ASSETS))
    def test_name_no_other_host(self, name: str) -> None:
        text = routes.ASSETS[name].read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert re.findall(r"https?://[^\s'\"`]+", text) == []

    @pytest.mark.parametrize("name", sorted(routes.ASSETS))
    def test_read_no_value_as_html(self, name: str) -> None:
        # A constant is no value.
        text = routes.ASSETS[name].read_text("utf-8").replace(DIAL, "")
        assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(|new Function", text) == []


class TestProgramPage:
    @pytest.mark.parametrize(
        "accept", [CHROMIUM, FIREFOX, "text/html", "text/html, application/json;q=0.9"]
    )
    @pytest.mark.parametrize("cached", [False, True])
    async def test_is_html_for_a_browser(
        self, accept: str, cached: bool, client: httpx.AsyncClient
    ) -> None:
        if cached:
            assert (await client.get(PROGRAM)).json()["status"] == "planned"
        answer = await client.get(PROGRAM, headers={"Accept": accept})
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "Accept" in answer.headers["vary"].split(", ")
        assert f'src="{PROGRAM}/chart.svg"' in answer.text

    @pytest.mark.parametrize(
        "accept",
        [
            None, "*/*", "application/json", "application/json, text/html", "application/*",
            "text/html;q=0.5, application/json", "text/html;q=0", "text/html;q=x", "image/*",
        ],
    )  # fmt: skip
    async def test_is_json_for_everybody_else(
        self, accept: str | None, client: httpx.AsyncClient
    ) -> None:
        await client.get(PROGRAM, headers={"Accept": CHROMIUM})
        for _ in ("planned", "from the cache"):
            request = client.build_request("GET", PROGRAM)
            del request.headers["accept"]
            if accept is not None:
                request.headers["accept"] = accept
            answer = await client.send(request)
            assert answer.headers["content-type"] == "application/json"
            assert answer.json()["program_id"] == PROGRAM.rpartition("/")[2]
            assert "Accept" in answer.headers["vary"].split(", ")

    async def test_says_that_it_varies_if_another_request_cached_it(
        self, client: httpx.AsyncClient
    ) -> None:
        planned = await client.post("/programs", json={"weeks": 7})
        answer = await client.get(planned.headers["content-location"])
        assert "Accept" in answer.headers["vary"].split(", ")

    async def test_has_its_own_etag(self, client: httpx.AsyncClient) -> None:
        data = await client.get(PROGRAM)
        page = await client.get(PROGRAM, headers={"Accept": CHROMIUM})
        assert data.headers["etag"] != page.headers["etag"]
        condition = {"Accept": CHROMIUM, "If-None-Match": data.headers["etag"]}
        assert (await client.get(PROGRAM, headers=condition)).status_code == 200
        condition["If-None-Match"] = page.headers["etag"]
        assert (await client.get(PROGRAM, headers=condition)).status_code == 304

    async def test_leaves_other_urls_as_they_are(self, client: httpx.AsyncClient) -> None:
        for path in ("/exercises", "/warning-signs", f"{PROGRAM}/chart.svg", "/programs?weeks=3"):
            for _ in ("built", "from the cache"):
                answer = await client.get(path, headers={"Accept": CHROMIUM})
                assert answer.headers["content-type"] in ("application/json", "image/svg+xml")

    @pytest.mark.parametrize("part", ["weeks/2", "weeks/2/sessions/1"])
    async def test_is_the_page_of_its_weeks_and_sessions(
        self, part: str, client: httpx.AsyncClient
    ) -> None:
        for _ in ("planned", "from the cache"):
            data = await client.get(f"{PROGRAM}/{part}")
            assert data.headers["content-type"] == "application/json"
            assert "Accept" in data.headers["vary"].split(", ")
            page = await client.get(f"{PROGRAM}/{part}", headers={"Accept": CHROMIUM})
            assert page.headers["content-type"] == "text/html; charset=utf-8"
            assert f'src="{PROGRAM}/chart.svg"' in page.text

    @pytest.mark.parametrize("part", ["weeks/99", "weeks/0", "weeks/1/sessions/9", "weeks/x"])
    async def test_has_no_page_of_what_it_does_not_have(
        self, part: str, client: httpx.AsyncClient
    ) -> None:
        answer = await client.get(f"{PROGRAM}/{part}", headers={"Accept": CHROMIUM})
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "text/html; charset=utf-8"

    async def test_is_404_for_an_id_of_no_programme(self, client: httpx.AsyncClient) -> None:
        for program_id in ("nonsense", "%3Cimg%20src=x%20onerror=alert(1)%3E", "AgCZvl78"):
            answer = await client.get(f"/programs/{program_id}", headers={"Accept": CHROMIUM})
            assert answer.status_code == 404
            assert "<img src=x" not in answer.text
