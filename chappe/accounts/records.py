"""The rows of accounts as typed values, and what acts are given to make new ones."""

import msgspec

from chappe.ids import DeviceID, UserID


class Account(msgspec.Struct, frozen=True):
    """An account as it is stored. Times are milliseconds."""

    user_id: UserID
    password_hash: str | None
    created_at: int
    is_guest: bool
    is_operator: bool
    approved: bool
    deactivated_at: int | None
    locked_at: int | None
    suspended_at: int | None


class NewAccount(msgspec.Struct, frozen=True):
    """An account to be made. `accepted_terms`: the documents and versions the person agreed to.

    `registered_with`: the registration token, if there was one. `email_sid`: where its mail address was confirmed.
    """

    user_id: UserID
    password_hash: str | None
    is_guest: bool = False
    is_operator: bool = False
    approved: bool = True
    accepted_terms: tuple[tuple[str, str], ...] = ()
    registered_with: str | None = None
    email_sid: str | None = None


class NewLogin(msgspec.Struct, frozen=True):
    """A device to be logged in, with the SHA-256 (hex) of its tokens. The tokens themselves stay at the edge."""

    device_id: DeviceID
    display_name: str | None
    access_hash: str
    refresh_hash: str | None
    expires_at: int | None


class RegistrationToken(msgspec.Struct, frozen=True):
    """A registration token as operators see it; the names are those of Synapse's admin API."""

    token: str
    uses_allowed: int | None
    pending: int
    completed: int
    expiry_time: int | None

    def is_valid(self, now: int) -> bool:
        """Whether one more account can be registered with it."""
        used_up = self.uses_allowed is not None and self.completed >= self.uses_allowed
        return not used_up and (self.expiry_time is None or self.expiry_time > now)


class Session(msgspec.Struct, frozen=True):
    """A session of user-interactive authentication. `completed`: its stages, with a space between."""

    user_id: str
    operation: str
    body_seal: bytes | None = None
    completed: str = ""
    registration_token: str | None = None
    email_sid: str | None = None
