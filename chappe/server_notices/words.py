"""What the room is called, in each language. Pure."""

NAMES = {"en": "Notices of {server}", "fr": "Avis de {server}"}
TOPICS = {
    "en": "What this server itself has to tell you. Nobody can answer here, and you cannot leave this room.",
    "fr": "Ce que ce serveur lui-même doit vous dire. On ne peut ni y répondre ni quitter ce salon.",
}
DEFAULT = "en"


def language_among(wanted: str | None) -> str:
    """The language of ours that a tag like `fr-CA` means; English for any other."""
    language = (wanted or "").lower().replace("_", "-").partition("-")[0]
    return language if language in NAMES else DEFAULT
