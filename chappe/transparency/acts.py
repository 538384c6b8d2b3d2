"""The acts of this slice that the audit log tells of."""

from chappe.audit import Act, Acts

ACTS: Acts = {
    "transparency.read": Act("A text that is held up was read", "Texte retenu consulté", keeps_body=True),
    "transparency.mended": Act("A text for the public was mended", "Texte public corrigé", keeps_body=True),
    "transparency.tried": Act("Sending was tried again", "Nouvel essai d’envoi", keeps_body=True),
    "transparency.exported": Act("Statements were exported", "Exposés des motifs exportés", keeps_body=True),
    "transparency.written": Act("A text of the yearly report was written", "Texte du rapport écrit", keeps_body=True),
    "transparency.published": Act("A yearly report was published", "Rapport annuel publié", keeps_body=True),
}
