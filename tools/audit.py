"""Runs pip-audit on a lock file and prints one line with the result: `python -m tools.audit LOCK`.

pip-audit reports "no known vulnerabilities" with exit code 0 even if the vulnerability service knew
none of the packages, for example behind a registry that serves files only. This program reports
that case as "audit not done". The exit code is 1 for a known vulnerability, and for an audit that
covers only some of the packages.
"""

import json
import subprocess
import sys
from dataclasses import dataclass

UNREACHABLE = ("ConnectionError", "ConnectTimeout", "ReadTimeout", "Could not connect")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result in one line, and the exit code."""

    sentence: str
    code: int


def main() -> int:
    """Audit the lock file that the command line names; print the result and return the code."""
    verdict = evaluate_report(*_run_pip_audit(sys.argv[1]))
    print(verdict.sentence)
    return verdict.code


def _run_pip_audit(lock: str) -> tuple[str, str]:
    """Return pip-audit's JSON report of a lock file, which may be empty, and its messages."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", lock, "--require-hashes"]
    command += ["--disable-pip", "--progress-spinner", "off", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout, done.stderr


def evaluate_report(report: str, messages: str) -> Verdict:
    """Return the verdict on a report: a vulnerability or a partial audit fails, no audit does not.

    `messages` contains the reason if pip-audit made no report.
    """
    if not report.strip():
        reason = (messages.strip() or "pip-audit gave no report").splitlines()[-1]
        if any(word in messages for word in UNREACHABLE):
            return Verdict(f"audit not done: {reason}", 0)
        return Verdict(f"audit failed: {reason}", 1)
    packages = json.loads(report)["dependencies"]
    vulnerabilities = [
        f"{package['name']} {package['version']}: {found['id']}"
        for package in packages
        for found in package.get("vulns", [])
    ]
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    if vulnerabilities:
        return Verdict("audit failed:\n  " + "\n  ".join(vulnerabilities), 1)
    if len(unknown) == len(packages):
        return Verdict(
            f"audit not done: the service knows none of the {len(packages)} packages",
            0,
        )
    if unknown:
        return Verdict("audit failed: the service does not know " + ", ".join(unknown), 1)
    return Verdict(f"audit passed: {len(packages)} packages without a known vulnerability", 0)


if __name__ == "__main__":
    sys.exit(main())
