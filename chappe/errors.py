"""The one way to say no: `Refused(code, reason)`, and the table from code to HTTP status.

Matrix: Client-Server API v1.19, "Standard error response". Every refusal that reaches a person
goes through here, so that a reason is always given and the status never guessed.
Our own mistakes are `assert`, and reach the client as `M_UNKNOWN` with a reference into the log.
"""

from enum import Enum


class Errcode(Enum):
    """A Matrix error code and the HTTP status it travels with, unless the endpoint names another."""

    BAD_ALIAS = ("M_BAD_ALIAS", 400)
    BAD_JSON = ("M_BAD_JSON", 400)
    BAD_STATE = ("M_BAD_STATE", 403)
    CANNOT_LEAVE_SERVER_NOTICE_ROOM = ("M_CANNOT_LEAVE_SERVER_NOTICE_ROOM", 403)
    CANNOT_OVERWRITE_MEDIA = ("M_CANNOT_OVERWRITE_MEDIA", 409)
    CONNECTION_FAILED = ("M_CONNECTION_FAILED", 502)
    DUPLICATE_ANNOTATION = ("M_DUPLICATE_ANNOTATION", 400)
    EXCLUSIVE = ("M_EXCLUSIVE", 400)
    FORBIDDEN = ("M_FORBIDDEN", 403)
    GUEST_ACCESS_FORBIDDEN = ("M_GUEST_ACCESS_FORBIDDEN", 403)
    INCOMPATIBLE_ROOM_VERSION = ("M_INCOMPATIBLE_ROOM_VERSION", 400)
    INVALID_PARAM = ("M_INVALID_PARAM", 400)
    INVALID_ROOM_STATE = ("M_INVALID_ROOM_STATE", 400)
    INVALID_SIGNATURE = ("M_INVALID_SIGNATURE", 400)
    INVALID_USERNAME = ("M_INVALID_USERNAME", 400)
    INVITE_BLOCKED = ("M_INVITE_BLOCKED", 403)
    KEY_TOO_LARGE = ("M_KEY_TOO_LARGE", 400)
    LIMIT_EXCEEDED = ("M_LIMIT_EXCEEDED", 429)
    MISSING_PARAM = ("M_MISSING_PARAM", 400)
    MISSING_TOKEN = ("M_MISSING_TOKEN", 401)
    NOT_FOUND = ("M_NOT_FOUND", 404)
    NOT_JSON = ("M_NOT_JSON", 400)
    NOT_YET_UPLOADED = ("M_NOT_YET_UPLOADED", 504)
    PROFILE_TOO_LARGE = ("M_PROFILE_TOO_LARGE", 400)
    RESOURCE_LIMIT_EXCEEDED = ("M_RESOURCE_LIMIT_EXCEEDED", 403)
    RESTRICTED = ("ORG.CHAPPE.RESTRICTED", 403)
    ROOM_IN_USE = ("M_ROOM_IN_USE", 400)
    SERVER_NOT_TRUSTED = ("M_SERVER_NOT_TRUSTED", 400)
    THREEPID_AUTH_FAILED = ("M_THREEPID_AUTH_FAILED", 403)
    THREEPID_IN_USE = ("M_THREEPID_IN_USE", 400)
    THREEPID_MEDIUM_NOT_SUPPORTED = ("M_THREEPID_MEDIUM_NOT_SUPPORTED", 400)
    THREEPID_NOT_FOUND = ("M_THREEPID_NOT_FOUND", 400)
    TOO_LARGE = ("M_TOO_LARGE", 413)
    UNABLE_TO_AUTHORISE_JOIN = ("M_UNABLE_TO_AUTHORISE_JOIN", 400)
    UNABLE_TO_GRANT_JOIN = ("M_UNABLE_TO_GRANT_JOIN", 400)
    UNAUTHORIZED = ("M_UNAUTHORIZED", 401)
    UNAVAILABLE = ("M_UNKNOWN", 503)
    UNKNOWN = ("M_UNKNOWN", 500)
    UNKNOWN_DEVICE = ("M_UNKNOWN_DEVICE", 404)
    UNKNOWN_POS = ("M_UNKNOWN_POS", 400)
    UNKNOWN_TOKEN = ("M_UNKNOWN_TOKEN", 401)
    UNRECOGNIZED = ("M_UNRECOGNIZED", 404)
    UNSUPPORTED_ROOM_VERSION = ("M_UNSUPPORTED_ROOM_VERSION", 400)
    USER_DEACTIVATED = ("M_USER_DEACTIVATED", 403)
    USER_IN_USE = ("M_USER_IN_USE", 400)
    USER_LOCKED = ("M_USER_LOCKED", 401)
    USER_SUSPENDED = ("M_USER_SUSPENDED", 403)
    WEAK_PASSWORD = ("M_WEAK_PASSWORD", 400)
    WITHHELD = ("ORG.CHAPPE.WITHHELD", 451)
    WRONG_ROOM_KEYS_VERSION = ("M_WRONG_ROOM_KEYS_VERSION", 403)

    def __init__(self, code: str, status: int) -> None:
        self.code = code
        self.status = status


class Refused(Exception):
    """A request, event or command that is not accepted, and why.

    `reason` is a sentence for the person or programmer at the other end: what, where, how to mend.
    `details` are further keys of the JSON answer (`retry_after_ms`, `soft_logout`, …).
    `status` overrides the table where an endpoint of the specification says so. `headers` are added to the answer.
    """

    def __init__(
        self,
        code: Errcode,
        reason: str,
        *,
        status: int | None = None,
        headers: tuple[tuple[str, str], ...] = (),
        **details: object,
    ) -> None:
        super().__init__(f"{code.code}: {reason}")
        self.code = code
        self.reason = reason
        self.status = status if status is not None else code.status
        self.headers = headers
        self.details = details


class StartupError(Exception):
    """Chappe cannot start. `message` says what is wrong, `remedy` how to mend it; both are for the operator."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.message = message
        self.remedy = remedy


class InUse(StartupError):
    """Another process serves this data. One cannot start, or cannot go on, since two may not write to the same."""
