"""Who people are here: registration, login, tokens, devices, profiles, account data, filters.

An *account* is a user id of this server with a password; a *device* is one login of it, with an *access token*.
*User-interactive authentication* (`uia.py`) asks a person again before something weighty is done.

The acts: `register.py` `guest_upgrade.py` `login.py` `log_out.py` `change_password.py` `deactivate.py`
`rename_device.py` `profile.py` `account_data.py` `tags.py` `filters.py` `registration_tokens.py`
`approve.py` `restrict.py` · `restricted.py` what a decision changes at once · `check_password.py` whose a password is ·
`staff.py` what the slice of staff hooks into · `acts.py` what the audit log tells · `standing.py` what locked and
suspended accounts may do · `tokens.py` whose an access token is · `credentials.py` what secrets look like ·
`passwords.py` hashing · `openid.py` proof towards other services · `owner_link.py` the first account ·
`password_link.py` choosing a password · `emails.py` mail addresses ·
`machine.py` `machine_socket.py` what `chappe user` does · `rules.py` what is allowed · `turns.py` changes that build
on each other · `store.py` `register_store.py` `emails_store.py` all SQL · `routes….py` the endpoints · `pages.py`
what a browser shows · `work.py` work before an account is made.

Tables in the register: account, accepted_terms, registration_token, uia_session, registration_nonce, owner_code,
password_link, email_address, email_session.
In the user's shard: device, access_token, refresh_token, login_token, profile, account_data, filter.
"""

from chappe.accounts import approve, deactivate, guest_upgrade, log_out, login, password_link, profile, restrict
from chappe.accounts.account_data import ManagedData, account_data_of, change_account_data, put_account_data
from chappe.accounts.acts import ACTS
from chappe.accounts.changes import account_data_changes
from chappe.accounts.check_password import account_by_password
from chappe.accounts.deactivate import Deactivated
from chappe.accounts.emails import language_of
from chappe.accounts.emails import tell as tell_by_mail
from chappe.accounts.filters import filter_of
from chappe.accounts.known import Known, KnownDevice, known_of
from chappe.accounts.log_out import DevicesGone
from chappe.accounts.machine import Machine
from chappe.accounts.owner_link import owner_link
from chappe.accounts.passwords import USUAL, Cost, Passwords
from chappe.accounts.profile import ProfileChanged, profile_of
from chappe.accounts.records import Account
from chappe.accounts.register_store import account as account_of
from chappe.accounts.rename_device import DeviceRenamed
from chappe.accounts.restricted import restricted
from chappe.accounts.routes import routes as _login
from chappe.accounts.routes_email_page import routes as _email_page
from chappe.accounts.routes_emails import routes as _emails
from chappe.accounts.routes_fallback import routes as _fallback
from chappe.accounts.routes_moderation import moderation_capability
from chappe.accounts.routes_moderation import routes as _moderation
from chappe.accounts.routes_openid import routes as _openid
from chappe.accounts.routes_operators import routes as _operators
from chappe.accounts.routes_owner import routes as _owner
from chappe.accounts.routes_password_link import routes as _password_link
from chappe.accounts.routes_person import routes as _person
from chappe.accounts.routes_register import routes as _register
from chappe.accounts.routes_statistics import routes as _statistics
from chappe.accounts.routes_tags import routes as _tags
from chappe.accounts.rules import user_id_at_login
from chappe.accounts.staff import (
    AccountEnding,
    OperatorMade,
    is_in_good_standing,
    require_unchanged,
    set_operator,
    share_a_device,
)
from chappe.accounts.tokens import Tokens
from chappe.accounts.turns import Turns
from chappe.accounts.work import SignUpGuards
from chappe.clock import Clock
from chappe.config import Settings
from chappe.holds import Eraser
from chappe.http import Routes
from chappe.resources import Resources
from chappe.restrictions import OnImposed, OnLifted, Restrictions
from chappe.storage import Database
from chappe.stream import Bus, Effect, Writer

EFFECTS: dict[str, Effect] = {
    "accounts.log_in_new": login.log_in_new,
    "accounts.name_new": profile.name_new,
    "accounts.end_guest": guest_upgrade.end_guest,
    "accounts.log_out_others": log_out.log_out_others,
    "accounts.close": deactivate.close,
    "accounts.tell_of_link": password_link.tell_of_link,
    "accounts.standing_changed": restrict.standing_changed,
}

ERASERS: dict[str, Eraser] = deactivate.ERASERS | approve.ERASERS

_OF_MAIL = (_emails, _email_page)
ROUTES = Routes(
    _login,
    _register,
    _fallback,
    _person,
    _tags,
    _openid,
    _operators,
    _moderation,
    _statistics,
    *_OF_MAIL,
    _owner,
    _password_link,
)


def install(
    resources: Resources,
    settings: Settings,
    database: Database,
    bus: Bus,
    writer: Writer,
    clock: Clock,
    cost: Cost = USUAL,
) -> Tokens:
    """Add what accounts keep in memory to `resources`. Returns the authenticator of the HTTP side.

    The routes and acts also need `Settings`, `Database` and `Clock` among the resources.
    """
    tokens = Tokens(database, bus, writer, clock, settings.server_name, resources.of(Restrictions))
    followed = (
        ProfileChanged(),
        Deactivated(),
        DevicesGone(),
        DeviceRenamed(),
        ManagedData(),
        OperatorMade(),
        AccountEnding(),
        SignUpGuards(),
    )
    for thing in (tokens, Passwords(cost), *followed, Turns()):
        resources.add(thing)
    resources.of(OnImposed).append(restricted)
    resources.of(OnLifted).append(restricted)
    return tokens


__all__ = [
    "ACTS",
    "EFFECTS",
    "ERASERS",
    "ROUTES",
    "USUAL",
    "Account",
    "AccountEnding",
    "Cost",
    "Deactivated",
    "DeviceRenamed",
    "DevicesGone",
    "Known",
    "KnownDevice",
    "Machine",
    "ManagedData",
    "OperatorMade",
    "Passwords",
    "ProfileChanged",
    "SignUpGuards",
    "Tokens",
    "Turns",
    "account_by_password",
    "account_data_changes",
    "account_data_of",
    "account_of",
    "change_account_data",
    "filter_of",
    "install",
    "is_in_good_standing",
    "known_of",
    "language_of",
    "moderation_capability",
    "owner_link",
    "profile_of",
    "put_account_data",
    "require_unchanged",
    "set_operator",
    "share_a_device",
    "tell_by_mail",
    "user_id_at_login",
]
