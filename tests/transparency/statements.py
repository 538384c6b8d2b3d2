"""Records that the Transparency Database takes, and ones that it must not be sent."""

from typing import Any

from chappe.transparency.codes import codes

EU = [code for code in codes().eea if code not in ("IS", "LI", "NO")]
Record = dict[str, Any]

_DATES = {"content_date": "2026-05-01", "application_date": "2026-05-03"}

REMOVED: Record = {
    "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
    "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
    "illegal_content_legal_ground": "Regulation (EU) 2021/784, Art. 2(7)(a); Code pénal, art. 421-2-5",
    "illegal_content_explanation": "A message in an open room celebrates an attack and asks for another.",
    "content_type": ["CONTENT_TYPE_TEXT", "CONTENT_TYPE_VIDEO"],
    "category": "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY",
    "category_specification": ["KEYWORD_TERRORIST_CONTENT"],
    "territorial_scope": EU,
    "content_language": "FR",
    **_DATES,
    "decision_facts": "Notified by a trusted flagger, looked at by two reviewers who came to the same view.",
    "source_type": "SOURCE_TRUSTED_FLAGGER",
    "automated_detection": "No",
    "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
    "puid": "chappe-one",
}
SUSPENDED: Record = {
    "decision_account": "DECISION_ACCOUNT_SUSPENDED",
    "account_type": "ACCOUNT_TYPE_PRIVATE",
    "end_date_account_restriction": "2026-06-03",
    "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
    "incompatible_content_ground": "Terms, fraud",
    "incompatible_content_explanation": "The same invented investment was offered in forty open rooms.",
    "incompatible_content_illegal": "Yes",
    "content_type": ["CONTENT_TYPE_OTHER"],
    "content_type_other": "User account",
    "category": "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
    "category_specification": ["KEYWORD_PHISHING", "KEYWORD_INAUTHENTIC_ACCOUNTS"],
    "territorial_scope": EU,
    "content_language": "DE",
    **_DATES,
    "decision_facts": "A rule on repeated texts matched; a reviewer confirmed it.",
    "source_type": "SOURCE_VOLUNTARY",
    "automated_detection": "Yes",
    "automated_decision": "AUTOMATED_DECISION_PARTIALLY",
    "puid": "chappe-two",
}
VALID: dict[str, Record] = {
    "an illegal message is removed": REMOVED,
    "an account is suspended for fraud": SUSPENDED,
    "withheld in two countries": {
        **REMOVED,
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_DISABLED"],
        "illegal_content_legal_ground": "StGB § 130; loi du 29 juillet 1881, art. 24",
        "illegal_content_explanation": "Calls for hatred against a group that the law of both countries protects.",
        "category": "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
        "category_addition": ["STATEMENT_CATEGORY_VIOLENCE"],
        "category_specification": ["KEYWORD_HATE_SPEECH"],
        "territorial_scope": ["DE", "FR"],
        "decision_facts": "A notice by one person; a reviewer judged it against the law of the two countries.",
        "source_type": "SOURCE_ARTICLE_16",
        "puid": "chappe-three",
    },
    "age restricted by a program": {
        **{name: value for name, value in SUSPENDED.items() if "account" not in name and "other" not in name},
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_AGE_RESTRICTED", "DECISION_VISIBILITY_CONTENT_LABELLED"],
        "incompatible_content_ground": "Terms, adult",
        "incompatible_content_explanation": "Adult material in an open room that is not marked as such.",
        "incompatible_content_illegal": None,
        "content_type": ["CONTENT_TYPE_VIDEO"],
        "category": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
        "category_specification": ["KEYWORD_ADULT_SEXUAL_MATERIAL"],
        "content_language": None,
        "decision_facts": "The score of a classifier was above the limit that the terms tell.",
        "automated_decision": "AUTOMATED_DECISION_FULLY",
        "puid": "chappe-four",
    },
    "another restriction and another keyword": {
        **{name: value for name, value in SUSPENDED.items() if "account" not in name and "other" not in name},
        "decision_visibility": ["DECISION_VISIBILITY_OTHER"],
        "decision_visibility_other": "Left out of searches for two weeks",
        "end_date_visibility_restriction": "2026-05-17",
        "incompatible_content_ground": "Terms, spam",
        "incompatible_content_explanation": "One link was posted in many rooms.",
        "content_type": ["CONTENT_TYPE_TEXT"],
        "category": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
        "category_specification": ["KEYWORD_OTHER"],
        "category_specification_other": "Invitations in bulk",
        "source_type": "SOURCE_TYPE_OTHER_NOTIFICATION",
        "puid": "chappe-five",
    },
}


def _changed(**changes: object) -> Record:
    return {name: value for name, value in {**REMOVED, **changes}.items() if value is not ...}


INVALID: dict[str, tuple[Record, str]] = {
    "nothing is restricted": (_changed(decision_visibility=...), "decision_visibility"),
    "illegal, and not why": (_changed(illegal_content_explanation=...), "illegal_content_explanation"),
    "another restriction, and not which": (
        _changed(decision_visibility=["DECISION_VISIBILITY_OTHER"]),
        "decision_visibility_other",
    ),
    "a category of before July 2025": (_changed(category="STATEMENT_CATEGORY_SCOPE_OF_PLATFORM_SERVICE"), "category"),
    "Greece by its other code": (_changed(territorial_scope=["EL", "FR"]), "territorial_scope"),
    "an automated decision with Yes": (_changed(automated_decision="Yes"), "automated_decision"),
    "a name with spaces": (_changed(puid="chappe one"), "puid"),
    "made in the last century": (_changed(content_date="1999-12-31"), "content_date"),
    "facts without end": (_changed(decision_facts="x" * 5_001), "decision_facts"),
    "a keyword that was taken back": (
        _changed(category_specification=["KEYWORD_DANGEROUS_TOYS"]),
        "category_specification",
    ),
    "own initiative on somebody's word": (
        _changed(source_type="SOURCE_VOLUNTARY", source_identity="Somebody"),
        "source_identity",
    ),
    "a day as people write it": (_changed(application_date="03/10/2026"), "application_date"),
    "one word instead of a list": (
        _changed(decision_visibility="DECISION_VISIBILITY_CONTENT_REMOVED"),
        "decision_visibility",
    ),
    "a category of reports alone": (_changed(category="STATEMENT_CATEGORY_NOT_SPECIFIED_ORDER"), "category"),
}

BEYOND_THE_SCHEMA: dict[str, tuple[Record, str]] = {
    "it ends before it begins": (
        _changed(end_date_visibility_restriction="2026-05-02"),
        "end_date_visibility_restriction",
    ),
    "a further category that is the first": (
        _changed(category_addition=["STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY"]),
        "category_addition",
    ),
    "a day that no calendar has": (_changed(content_date="2026-02-30"), "content_date"),
}
