"""The acts of the desk that the audit log tells of."""

from chappe.audit import Act, Acts

ACTS: Acts = {
    "case.shown": Act("A case was looked at", "Dossier consulté", keeps_body=True),
    "case.moved": Act("A case was put into another queue", "Dossier déplacé", keeps_body=True),
    "case.decided": Act("A case was decided", "Décision prise", keeps_body=True),
    "case.reversed": Act("A decision was reversed", "Décision annulée", keeps_body=True),
    "case.reopened": Act("A case was opened again", "Dossier rouvert", keeps_body=True),
    "case.unsealed": Act("A sealed case was opened by two people", "Dossier scellé ouvert à deux", keeps_body=True),
    "threat.notified": Act("A threat to life was noted for authorities", "Menace à signaler", keeps_body=True),
    "threat.packed": Act("What is known of a threat was taken", "Pièces d’une menace retirées", keeps_body=True),
    "threat.sent": Act("Authorities were told of a threat", "Menace signalée aux autorités", keeps_body=True),
    "bulk.begun": Act("Many cases were decided at once", "Décisions groupées lancées", keeps_body=True),
    "bulk.undone": Act("A bulk decision was undone", "Décisions groupées annulées", keeps_body=True),
    "complaint.judged": Act("A complaint was answered", "Réponse à une réclamation", keeps_body=True),
    "flagger.entered": Act("A trusted flagger was entered", "Signaleur de confiance inscrit", keeps_body=True),
    "misuse.warned": Act("Somebody was warned of misuse", "Avertissement pour abus"),
    "misuse.suspended": Act("Processing was suspended for misuse", "Traitement suspendu pour abus"),
    "misuse.lifted": Act("A warning or suspension was taken back", "Avertissement ou suspension retiré"),
    "flagger.status": Act("The status of a trusted flagger changed", "Statut d’un signaleur modifié", keeps_body=True),
}
