"""Tests of the guides: programs run as shown, words exist, and pages are right."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from app.main import create_app
from app.settings import Settings
from app.training.catalog.reasons import list_reasons
from app.training.catalog.warning_signs import WARNING_SIGNS
from app.web.docs import guides
from app.web.http import problems
from tests.processes import RunningServer, serving
from tests.web.docs.guide_blocks import Block, find_difference, read_blocks, run_blocks
from tests.web.docs.guide_words import find_unknown_words
from tests.web.docs.page_links import PageLinks

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "app" / "web" / "docs" / "guides"
PAGES = ["/guides", *(f"/guides/{name}" for name in guides.NAMES), "/changelog"]
TEXTS = {
    **{f"/guides/{name}.md": "text/markdown; charset=utf-8" for name in guides.NAMES},
    "/changelog.md": "text/markdown; charset=utf-8",
    "/llms.txt": "text/plain; charset=utf-8",
}
PROGRAMS = [
    pytest.param(name, language, id=f"{name}-{language}")
    for name in guides.NAMES
    for language in ("sh", "python")
    if any(one.language == language for one in read_blocks(guides.load_guide(name).text))
]
each_guide = pytest.mark.parametrize("name", guides.NAMES)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A new service, whose folder is that of the programs, too."""
    with serving(tmp_path_factory.mktemp("guides")) as running:
        yield running


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(Settings(access_log=False)))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as opened:
        yield opened


class TestPrograms:
    @pytest.mark.parametrize(("name", "language"), PROGRAMS)
    def test_print_what_the_guide_shows(
        self, name: str, language: str, server: RunningServer
    ) -> None:
        blocks = [b for b in read_blocks(guides.load_guide(name).text) if b.language == language]
        assert server.key is not None
        printed = [*run_blocks(blocks, server, server.key)]
        assert len(printed) == len(blocks)
        differences = map(find_difference, blocks, printed)
        assert [found for found in differences if found] == []

    def test_are_in_each_guide_for_developers(self) -> None:
        assert {param.values[0] for param in PROGRAMS} == {*guides.NAMES} - {"glossary", "codes"}

    @pytest.mark.parametrize(
        ("shown_as", "shown", "printed"),
        [
            ("json", '{"a": 1}', '{"a": 2}'),
            ("json", '{"a": [1, 2]}', '{"a": [1]}'),
            ("text", "1\n", "2\n"),
            ("", "", '{"type":"/problems/conflict"}'),
        ],
    )
    def test_are_compared_with_what_is_shown(self, shown_as: str, shown: str, printed: str) -> None:
        assert find_difference(Block("sh", "", shown_as, shown), printed)


class TestWords:
    @each_guide
    def test_exist(self, name: str) -> None:
        assert find_unknown_words(guides.load_guide(name).text) == []

    @pytest.mark.parametrize(
        "text",
        [
            "`reps_min`",
            "`GET /program`",
            "`/programs/{id}`",
            "`pushoff key create`",
            "`PUSHOFF_PROT`",
            "`ADD_REP`",
            "`theme=neon`",
            "```sh\ncurl -H 'X-Key: 1'\n```",
        ],
    )
    def test_that_do_not_exist_are_found(self, text: str) -> None:
        assert len(find_unknown_words(text)) == 1


class TestText:
    @each_guide
    def test_begins_with_a_title_and_a_summary(self, name: str) -> None:
        guide = guides.load_guide(name)
        assert guide.text.startswith(f"# {guide.title}\n")
        assert guide.summary.endswith((".", ";"))
        assert len(guide.summary) < 140

    def test_is_in_the_package(self) -> None:
        assert {file.stem for file in FOLDER.iterdir()} == {*guides.NAMES} - {"codes"}
        assert guides.read_changelog() == (ROOT / "CHANGELOG.md").read_text("utf-8")

    def test_lists_every_code(self) -> None:
        listed = re.findall(r"^\| \[?`([^`]+)`", guides.load_guide("codes").text, re.MULTILINE)
        codes = [rule.code for rule in list_reasons()] + [sign.code for sign in WARNING_SIGNS]
        expected = codes + [f"/problems/{slug}" for slug in problems.by_slug()]
        assert sorted(listed) == sorted(expected)

    @pytest.mark.parametrize("path", TEXTS)
    async def test_is_served_as_it_is(self, path: str, client: httpx.AsyncClient) -> None:
        answer = await client.get(path)
        assert answer.headers["content-type"] == TEXTS[path]
        assert answer.headers["content-language"] == "en"
        if path.startswith("/guides"):
            assert answer.text == guides.load_guide(Path(path).stem).text


class TestPage:
    @pytest.mark.parametrize("path", PAGES)
    async def test_links_to_what_exists(self, path: str, client: httpx.AsyncClient) -> None:
        page = (await client.get(path)).text
        own = [link for link in PageLinks(page).found if not link.startswith("https://")]
        assert {"/", "/docs", "/guides", "/changelog", "/problems"} <= set(own)
        for link in own:
            target = urlsplit(link)
            linked = page
            if target.path:
                answer = await client.get(link)
                assert answer.status_code == 200, link
                linked = answer.text
            assert f'id="{target.fragment}"' in linked or not target.fragment, link

    @pytest.mark.parametrize("path", PAGES)
    async def test_has_no_script_and_one_heading(
        self, path: str, client: httpx.AsyncClient
    ) -> None:
        answer = await client.get(path)
        links = PageLinks(answer.text)
        assert links.inline == []
        assert "<script" not in answer.text
        assert answer.text.count("<h1") == 1
        assert answer.headers["content-security-policy"].startswith("default-src 'none';")

    @each_guide
    async def test_lists_all_guides_and_marks_itself(
        self, name: str, client: httpx.AsyncClient
    ) -> None:
        page = (await client.get(f"/guides/{name}")).text
        for other in guides.NAMES:
            assert f'<a href="/guides/{other}"' in page
        assert page.count("aria-current") == 1
        assert f'<a href="/guides/{name}" aria-current="page">' in page

    @pytest.mark.parametrize("path", [*PAGES, *TEXTS])
    async def test_is_cached_and_compressed(self, path: str, client: httpx.AsyncClient) -> None:
        first = await client.get(path, headers={"Accept-Encoding": "br"})
        assert first.headers["cache-control"] == "public, max-age=300, must-revalidate"
        assert first.headers["content-language"] == "en"
        assert first.headers["content-encoding"] == "br"
        tag = {"Accept-Encoding": "br", "If-None-Match": first.headers["etag"]}
        assert (await client.get(path, headers=tag)).status_code == 304

    @pytest.mark.parametrize(
        "path",
        [
            "/guides/none",
            "/guides/none.md",
            "/guides/",
            "/guides/START",
            "/guides/..%2fmarkdown",
            "/guides/%2e%2e%2fguides.py",
            "/guides/start.md.md",
            "/changelog.txt",
        ],
    )
    async def test_does_not_exist_for_other_names(
        self, path: str, client: httpx.AsyncClient
    ) -> None:
        answer = await client.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize("path", ["/guides", "/guides/start", "/changelog", "/llms.txt"])
    async def test_rejects_writing(self, path: str, client: httpx.AsyncClient) -> None:
        answer = await client.post(path, json={})
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD"


class TestLlmsTxt:
    async def test_has_the_form_of_the_convention(self, client: httpx.AsyncClient) -> None:
        lines = (await client.get("/llms.txt")).text.splitlines()
        assert lines[0] == "# Pushoff"
        assert lines[2].startswith("> ")
        sections = [line for line in lines if line.startswith("## ")]
        assert sections == ["## Guides", "## Reference", "## Optional"]
        items = lines[lines.index("## Guides") :]
        assert all(re.fullmatch(r"- \[[^\]]+\]\(/[^)]+\): .+|## \w+|", line) for line in items)

    async def test_links_to_the_text_of_every_guide(self, client: httpx.AsyncClient) -> None:
        links = re.findall(r"\((/[^)]+)\)", (await client.get("/llms.txt")).text)
        assert {f"/guides/{name}.md" for name in guides.NAMES} <= set(links)
        for link in links:
            assert (await client.get(link)).status_code == 200
