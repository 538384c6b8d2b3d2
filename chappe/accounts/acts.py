"""What staff do to accounts, as the audit log tells of it."""

from chappe.audit import Act, Acts

ACTS: Acts = {
    "account.locked": Act("An account was locked", "Compte verrouillé"),
    "account.unlocked": Act("An account was unlocked", "Compte déverrouillé"),
    "account.suspended": Act("An account was suspended", "Compte suspendu"),
    "account.resumed": Act("A suspension was lifted", "Suspension levée"),
    "account.ended": Act("An account was ended by staff", "Compte fermé par l’équipe"),
    "account.approved": Act("An application was approved", "Demande de compte acceptée"),
    "account.denied": Act("An application was denied", "Demande de compte rejetée"),
    "account.link_made": Act("A password link was made", "Lien de mot de passe créé"),
    "registration_token.made": Act("A registration token was made", "Jeton d’inscription créé"),
    "registration_token.changed": Act("A registration token was changed", "Jeton d’inscription modifié"),
    "registration_token.removed": Act("A registration token was removed", "Jeton d’inscription supprimé"),
}
