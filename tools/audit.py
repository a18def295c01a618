"""Runs pip-audit over a lock, and says in one line what the answer is worth.

pip-audit reports "no known vulnerabilities" with exit code 0 when the vulnerability service knew
not one of the packages, as behind a registry that serves files only. That is no audit, and this
program never calls it one. `python -m tools.audit LOCK`: 1 on a known hole, or on half an audit.
"""

import json
import subprocess
import sys
from dataclasses import dataclass

UNREACHABLE = ("ConnectionError", "ConnectTimeout", "ReadTimeout", "Could not connect")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line for the reader, and the exit code that goes with it."""

    sentence: str
    code: int


def main() -> int:
    """Audit the lock that the command line names; print the verdict and return its code."""
    verdict = judge(*run(sys.argv[1]))
    print(verdict.sentence)
    return verdict.code


def run(lock: str) -> tuple[str, str]:
    """Return pip-audit's JSON report of a lock, empty when it made none, and its messages."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", lock, "--require-hashes"]
    command += ["--disable-pip", "--progress-spinner", "off", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout, done.stderr


def judge(report: str, messages: str) -> Verdict:
    """Weigh a report: a hole fails, no audit at all is told, half an audit fails as well."""
    if not report.strip():
        reason = (messages.strip() or "pip-audit gave no report").splitlines()[-1]
        if any(word in messages for word in UNREACHABLE):
            return Verdict(f"audit not done: {reason}", 0)
        return Verdict(f"audit failed: {reason}", 1)
    packages = json.loads(report)["dependencies"]
    holes = [
        f"{package['name']} {package['version']}: {hole['id']}"
        for package in packages
        for hole in package.get("vulns", [])
    ]
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    if holes:
        return Verdict("audit failed:\n  " + "\n  ".join(holes), 1)
    if len(unknown) == len(packages):
        return Verdict(
            f"audit not done: the service could not be asked about any of {len(packages)} packages",
            0,
        )
    if unknown:
        return Verdict("audit failed: the service does not know " + ", ".join(unknown), 1)
    return Verdict(f"audit passed: {len(packages)} packages without a known hole", 0)


if __name__ == "__main__":
    sys.exit(main())
