"""The acts of this slice that the audit log tells of: which lists were used when, and by whose wish. None is erased."""

from chappe.audit import Act, Acts

ACTS: Acts = {
    "hashes.added": Act("A list of hashes was added", "Liste d’empreintes ajoutée", keeps_body=True),
    "hashes.published": Act("A list of hashes is used from now on", "Liste d’empreintes publiée", keeps_body=True),
    "hashes.retired": Act("A list of hashes is not used any more", "Liste d’empreintes retirée", keeps_body=True),
}
