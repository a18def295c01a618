"""Holds the audit to its word: a hole fails, and no answer is never called a pass."""

import json

import pytest

from tools import audit

SOUND = {"name": "sound", "version": "1.0", "vulns": []}
HOLED = {"name": "holed", "version": "2.0", "vulns": [{"id": "PYSEC-1"}, {"id": "PYSEC-2"}]}
UNKNOWN = {"name": "unknown", "skip_reason": "not found"}


def report(*packages: object) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


class TestJudge:
    def test_passes_when_every_package_was_asked_about(self) -> None:
        assert audit.judge(report(SOUND, SOUND), "") == audit.Verdict(
            "audit passed: 2 packages without a known hole", 0
        )

    def test_fails_on_a_hole_and_names_it(self) -> None:
        verdict = audit.judge(report(SOUND, HOLED), "")
        assert verdict.code == 1
        assert "holed 2.0: PYSEC-1" in verdict.sentence
        assert "holed 2.0: PYSEC-2" in verdict.sentence

    def test_fails_on_a_hole_among_unknown_packages(self) -> None:
        assert audit.judge(report(UNKNOWN, HOLED), "").code == 1

    def test_fails_when_only_half_was_asked_about(self) -> None:
        verdict = audit.judge(report(SOUND, UNKNOWN), "")
        assert verdict == audit.Verdict("audit failed: the service does not know unknown", 1)

    def test_calls_no_answer_no_audit(self) -> None:
        verdict = audit.judge(report(UNKNOWN, UNKNOWN), "No known vulnerabilities found")
        assert verdict.code == 0
        assert verdict.sentence.startswith("audit not done: ")

    @pytest.mark.parametrize("kind", audit.UNREACHABLE)
    def test_calls_no_service_no_audit(self, kind: str) -> None:
        verdict = audit.judge("", f"Traceback\nrequests.exceptions.{kind}: no route")
        assert verdict == audit.Verdict(f"audit not done: requests.exceptions.{kind}: no route", 0)

    @pytest.mark.parametrize("messages", ["ERROR: a hash does not match", ""])
    def test_fails_when_the_lock_could_not_be_read(self, messages: str) -> None:
        verdict = audit.judge("", messages)
        assert verdict.code == 1
        assert verdict.sentence.startswith("audit failed: ")
