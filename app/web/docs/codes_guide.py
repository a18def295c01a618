"""The guide "codes": every code that an answer may carry, in Markdown.

It is made from the catalogue of the science and from the kinds of problems, so that it cannot
differ from them. Called by `guides`.
"""

from collections.abc import Iterator

from app.training.catalog.reasons import Kind, ReasonRule, Wording, list_reasons
from app.training.catalog.warning_signs import WARNING_SIGNS
from app.web.http import problems

_TITLE = """\
# The list of codes

Every code that an answer may carry, with its sentences, made from the catalogue of this service.

Programs decide by codes, which stay the same. People read the sentences, which may be corrected.
A word in braces stands for a value, which the `params` of a reason hold, so a client can translate
the sentence. The same list for programs: [`GET /reasons`](/reasons).
"""
_CHAPTERS: dict[Kind, tuple[str, str]] = {
    "reason": (
        "Reasons",
        "Why an exercise is prescribed as it is: `reason` of a week, of an exercise, of a change.",
    ),
    "week_note": ("Week notes", "On a whole week, in its `notes`."),
    "notice": ("Notices", "On a whole programme, in its `notices`."),
    "data_note": ("Data notes", "On what was logged, in `data_notes`. A note is never an error."),
    "block": ("Blocks", "Why there is no programme: the answer has the `status` `blocked`."),
    "timing": ("Advice on time", "On the time of a session, in its `timing`."),
}
_SIGNS = "What to send in `red_flags` if the answer to the question is yes. Any of them blocks."
_PROBLEMS = "The `type` of every error. Each has a page that says what to do."


def write_code_list() -> str:
    """Return the guide as Markdown."""
    return "\n".join(_write_lines())


def _write_lines() -> Iterator[str]:
    yield _TITLE
    rules = list_reasons()
    for kind, (title, meaning) in _CHAPTERS.items():
        yield from _open_table(title, meaning, "Code", "Sentence")
        for rule in rules:
            if rule.kind == kind:
                yield f"| `{rule.code}` | {_describe_rule(rule)} |"
    yield from _open_table("Warning signs", _SIGNS, "Code", "Question")
    for sign in WARNING_SIGNS:
        yield f"| `{sign.code}` | {_escape(sign.question)} |"
    yield from _open_table("Problems", _PROBLEMS, "Type", "Meaning")
    for slug, problem in problems.by_slug().items():
        yield f"| [`/problems/{slug}`](/problems/{slug}) | {problem.status}, {problem.title} |"


def _open_table(title: str, meaning: str, *columns: str) -> Iterator[str]:
    yield from ("", f"## {title}", "", meaning, "")
    yield "| " + " | ".join(columns) + " |"
    yield "|---" * len(columns) + "|"


def _describe_rule(rule: ReasonRule) -> str:
    """Return the sentences of a rule: the usual ones, then those for special situations."""
    sentences = _describe_wording(rule.wording)
    for name, wording in rule.variants.items():
        sentences += f" *{_escape(name)}*: {_describe_wording(wording)}"
    return sentences


def _describe_wording(wording: Wording) -> str:
    planned = wording.planned
    is_other = planned is not None and planned != wording.earned
    return _escape(wording.earned) + (f" *Planned*: {_escape(planned or '')}" if is_other else "")


def _escape(text: str) -> str:
    # The sentences are plain text: only these characters mean something in a table of Markdown.
    for special in ("\\", "|", "*", "_", "<", "["):
        text = text.replace(special, "\\" + special)
    return text
