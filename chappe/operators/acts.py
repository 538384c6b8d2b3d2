"""The acts of this slice that the audit log tells of. All of them are about staff, so none is erased."""

from chappe.audit import Act, Acts

ACTS: Acts = {
    "operator.made": Act("A member of staff was made", "Membre de l’équipe créé", keeps_body=True),
    "operator.ended": Act("The account of a member of staff ended", "Compte d’un membre fermé", keeps_body=True),
    "operator.granted": Act("A role was granted", "Rôle accordé", keeps_body=True),
    "operator.revoked": Act("A role was revoked", "Rôle retiré", keeps_body=True),
    "operator.languages": Act("Languages were set", "Langues définies", keeps_body=True),
    "proposal.made": Act("Something was proposed", "Proposition faite", keeps_body=True),
    "proposal.approved": Act("A proposal was approved", "Proposition approuvée", keeps_body=True),
    "proposal.refused": Act("A proposal was refused", "Proposition refusée", keeps_body=True),
    "proposal.withdrawn": Act("A proposal was withdrawn", "Proposition retirée", keeps_body=True),
    "break_glass.opened": Act("A role was given for some hours", "Rôle accordé pour quelques heures", keeps_body=True),
    "console.entered": Act("Somebody logged in to the console", "Connexion à la console", keeps_body=True),
}
