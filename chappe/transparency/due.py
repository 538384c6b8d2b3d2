"""Which decisions the Transparency Database is told of. Art. 24(5) DSA; R76. Pure."""

from chappe.moderation.words import Dissemination, Outcome, Source
from chappe.transparency.codes import codes
from chappe.transparency.decided import Decided

RESTRICTING = frozenset({Outcome.RESTRICTED.value, Outcome.PARTLY_REVERSED.value})
"""Outcomes with measures of their own. A reversal has none, and the database takes nothing back: R84."""

_SOURCES = frozenset(source.value for source in Source)


def is_due(decided: Decided, bulk_terms: frozenset[str] = frozenset()) -> bool:
    """Whether a decision is one that Art. 17(1) DSA wants reasons for, about what is open to the public.

    Not those about deceptive commercial content in bulk, which rest on one of `bulk_terms`; not those about somebody
    whom no statement can reach; not what follows on an order (Art. 17(5)); nor what holds outside the EEA alone.
    """
    return (
        decided.outcome in RESTRICTING
        and bool(decided.measures)
        and Dissemination(decided.dissemination).is_platform
        and decided.source in _SOURCES
        and decided.subject != ""
        and not (decided.ground == "terms" and decided.ground_reference in bulk_terms)
        and bool(territories_of(decided))
    )


def territories_of(decided: Decided) -> list[str]:
    """Where in the EEA any of its measures holds, in the order of the codes."""
    eea = codes().eea
    if any(not one.territories for one in decided.measures):
        return list(eea)
    named = {_ISO.get(code, code) for one in decided.measures for code in one.territories}
    return [code for code in eea if code in named]


_ISO = {"EL": "GR"}
"""The Union writes EL for Greece; the database takes what ISO 3166-1 says."""
