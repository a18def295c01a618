"""A known vulnerability fails the audit, and an audit without a result never passes."""

import json

import pytest

from tools import audit

SAFE = {"name": "safe", "version": "1.0", "vulns": []}
VULNERABLE = {
    "name": "vulnerable",
    "version": "2.0",
    "vulns": [{"id": "PYSEC-1"}, {"id": "PYSEC-2"}],
}
UNKNOWN = {"name": "unknown", "skip_reason": "not found"}


def report(*packages: object) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


class TestEvaluateReport:
    def test_passes_when_every_package_is_known(self) -> None:
        assert audit.evaluate_report(report(SAFE, SAFE), "") == audit.Verdict(
            "audit passed: 2 packages without a known vulnerability", 0
        )

    def test_fails_on_a_vulnerability_and_names_it(self) -> None:
        verdict = audit.evaluate_report(report(SAFE, VULNERABLE), "")
        assert verdict.code == 1
        assert "vulnerable 2.0: PYSEC-1" in verdict.sentence
        assert "vulnerable 2.0: PYSEC-2" in verdict.sentence

    def test_fails_on_a_vulnerability_among_unknown_packages(self) -> None:
        assert audit.evaluate_report(report(UNKNOWN, VULNERABLE), "").code == 1

    def test_fails_when_only_some_packages_are_known(self) -> None:
        verdict = audit.evaluate_report(report(SAFE, UNKNOWN), "")
        assert verdict == audit.Verdict("audit failed: the service does not know unknown", 1)

    def test_reports_no_audit_when_no_package_is_known(self) -> None:
        verdict = audit.evaluate_report(report(UNKNOWN, UNKNOWN), "No known vulnerabilities found")
        assert verdict.code == 0
        assert verdict.sentence.startswith("audit not done: ")

    @pytest.mark.parametrize("kind", audit.UNREACHABLE)
    def test_reports_no_audit_when_the_service_is_unreachable(self, kind: str) -> None:
        verdict = audit.evaluate_report("", f"Traceback\nrequests.exceptions.{kind}: no route")
        assert verdict == audit.Verdict(f"audit not done: requests.exceptions.{kind}: no route", 0)

    @pytest.mark.parametrize("messages", ["ERROR: a hash does not match", ""])
    def test_fails_when_the_lock_cannot_be_read(self, messages: str) -> None:
        verdict = audit.evaluate_report("", messages)
        assert verdict.code == 1
        assert verdict.sentence.startswith("audit failed: ")
