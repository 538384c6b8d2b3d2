"""`chappe doctor`: what is wrong with an installation, how bad it is, and how to mend it.

A *check* looks at one thing and gives *findings*; it changes nothing. `CHECKS` is all of them, in the order in which
they are told. `machine.py` disk, clock, versions · `folder.py` the data folder · `choices.py` settings that are right
each, and wrong together · `truth.py` the database · `bucket.py` the object storage · `network.py` names and addresses ·
`post.py` mail · `programs.py` programs beside it · `told.py` what the public is told · `finding.py` what is found. Owns
no tables.
"""

import msgspec

from chappe.doctor.bucket import check_bucket
from chappe.doctor.choices import check_choices
from chappe.doctor.finding import Check, Finding, Look, Severity
from chappe.doctor.folder import check_folder
from chappe.doctor.machine import check_clock, check_disk, check_limits, check_versions
from chappe.doctor.network import check_answering, check_names, check_well_known
from chappe.doctor.post import check_mail
from chappe.doctor.programs import check_safety
from chappe.doctor.told import check_told
from chappe.doctor.truth import check_database

CHECKS: tuple[Check, ...] = (
    check_versions,
    check_disk,
    check_clock,
    check_limits,
    check_choices,
    check_folder,
    check_database,
    check_bucket,
    check_safety,
    check_answering,
    check_names,
    check_well_known,
    check_mail,
    check_told,
)


def examine(look: Look, checks: tuple[Check, ...] = CHECKS) -> list[Finding]:
    """Everything that is found. A check that fails is a finding, too: the others still run."""
    found: list[Finding] = []
    for check in checks:
        try:
            found += check(look)
        except Exception as error:  # noqa: BLE001  # the next check may tell why
            name = check.__name__.removeprefix("check_")
            found.append(Finding(name, Severity.BAD, f"could not be looked at: {error!r}", "Report this."))
    return found


def as_json(findings: list[Finding]) -> str:
    """The findings for a program: a list of objects with `about`, `severity`, `what` and `mend`."""
    return msgspec.json.format(msgspec.json.encode(findings), indent=2).decode()


__all__ = ["CHECKS", "Check", "Finding", "Look", "Severity", "as_json", "examine"]
