"""The acts of this slice that the audit log tells of. None is erased: they are about rules and rooms."""

from chappe.audit import Act, Acts

ACTS: Acts = {
    "rule.written": Act("A rule was written", "Règle écrite", keeps_body=True),
    "rule.live": Act("A rule acts from now on", "Règle mise en service", keeps_body=True),
    "rule.retired": Act("A rule was retired", "Règle retirée", keeps_body=True),
    "room.protected": Act("A room was protected", "Salon protégé", keeps_body=True),
    "room.unprotected": Act("A room is protected no more", "Protection d’un salon levée", keeps_body=True),
    "policy_list.watched": Act("A policy list is watched", "Liste de règles suivie", keeps_body=True),
    "policy_list.unwatched": Act("A policy list is watched no more", "Liste de règles abandonnée", keeps_body=True),
}
