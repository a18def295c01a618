"""The accessibility checker axe-core in a page, by the rules of WCAG 2.0 to 2.2 at A and AA.

It is a test dependency from npm (MPL-2.0): `make check-browser` installs it.
"""

from pathlib import Path

from tests.browser.chromium import Browser

_SCRIPT = Path(__file__).parents[1] / "clients" / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """
const [tags, done] = arguments;
axe.run(document, {runOnly: {type: "tag", values: tags}}).then(({violations}) => done(
    violations.flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)}`))
), (error) => done([String(error)]));
"""
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def find_violations(browser: Browser) -> list[str]:
    """Return each rule that the page breaks, with the element that breaks it."""
    browser.driver.execute_script(_SCRIPT.read_text("utf-8"))
    return [str(one) for one in browser.driver.execute_async_script(_RUN, _TAGS)]
