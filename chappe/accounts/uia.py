"""User-interactive authentication (Client-Server API v1.19, "User-Interactive Authentication API").

An endpoint that needs it calls `require` with the flows it offers. The answer is either `Passed`, once, or the
401 answer that tells the client what is left to do, and which the endpoint returns as it is.

A session is bound to who asks, method and path from its beginning, and to the body from the first stage that is
completed: clients ask with an empty body to see the flows, and nothing has been agreed to until a stage is.
"""

import hmac
import secrets
from hashlib import sha256

import msgspec

from chappe.accounts import credentials, register_store, rules
from chappe.accounts.emails import Proof, Purpose, confirmed, not_confirmed
from chappe.accounts.passwords import Passwords
from chappe.accounts.records import Session
from chappe.accounts.register import token_used_up
from chappe.accounts.work import BITS, WORK, prefix_of, require_done
from chappe.clock import Clock
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import Answer, Limit, Request
from chappe.storage import Database
from chappe.stream import REGISTER, Device, Transaction

PASSWORD = "m.login.password"
DUMMY = "m.login.dummy"
TERMS = "m.login.terms"
TOKEN = "m.login.registration_token"
EMAIL = "m.login.email.identity"

SESSION_MS = 900_000
"""How long a person has for all stages."""
MAX_SID_CHARS = 255
_MAY_TRY_AGAIN = frozenset(
    {Errcode.FORBIDDEN, Errcode.UNAUTHORIZED, Errcode.MISSING_PARAM, Errcode.THREEPID_AUTH_FAILED}
)

REGISTRATION = "POST /_matrix/client/v3/register"
"""The operation of which stages can be completed in a browser."""

Flows = tuple[tuple[str, ...], ...]
PASSWORD_ONLY: Flows = ((PASSWORD,),)
EMAIL_ONLY: Flows = ((EMAIL,),)


class Identifier(msgspec.Struct):
    """Who someone claims to be ("Identifier types")."""

    type: str
    user: str | None = None
    medium: str | None = None
    address: str | None = None


class EmailCredentials(msgspec.Struct):
    """The session in which a mail address was confirmed ("Email-based")."""

    sid: str
    client_secret: str


class AuthData(msgspec.Struct):
    """One attempt at a stage. Without `type`, the client asks whether a stage was completed elsewhere."""

    type: str | None = None
    session: str | None = None
    identifier: Identifier | None = None
    user: str | None = None
    password: str | None = None
    token: str | None = None
    threepid_creds: EmailCredentials | None = None
    nonce: str | None = None


class AuthBody(msgspec.Struct, kw_only=True):
    """The body of an endpoint that needs user-interactive authentication."""

    auth: AuthData | None = None


class Passed(msgspec.Struct, frozen=True):
    """All stages of a flow are completed; the session is used up."""

    stages: tuple[str, ...]
    registration_token: str | None
    email_sid: str | None


class Progress(msgspec.Struct, frozen=True):
    """How far a session has come."""

    completed: tuple[str, ...]
    passed: bool
    registration_token: str | None
    email_sid: str | None


async def require(request: Request, body: AuthBody, flows: Flows) -> Passed | Answer:
    """Ask the person who sent `request` to authenticate by one of `flows`.

    Refuses when the server is too busy or the person too fast; all else that can go wrong is in the 401 answer.
    """
    auth = body.auth
    if auth is None or (auth.type is None and not auth.session):
        return await _answer(request, flows, None, None)
    session = auth.session or new_session_id()
    hashed = credentials.digest(session).hex()
    creds = auth.threepid_creds
    proof = Proof(creds.sid, creds.client_secret) if creds is not None else None
    operation, seal = _operation(request), _seal(session, body)
    attempt = Attempt(hashed, not auth.session, operation, seal, auth.type, auth.token, proof)
    try:
        if auth.type is not None:
            await _check_stage(request, auth, flows)
        progress = await request.call(REGISTER, advance, attempt, flows)
    except Refused as no:
        if no.code not in _MAY_TRY_AGAIN:
            raise
        return await _answer(request, flows, auth.session, no)
    if progress.passed:
        return Passed(progress.completed, progress.registration_token, progress.email_sid)
    return challenge(request.of(Settings), flows, session, progress.completed, None)


class Attempt(msgspec.Struct, frozen=True):
    """A stage whose credentials are right, on its way into its session. `session`: SHA-256 as hex."""

    session: str
    is_new: bool
    operation: str
    body_seal: str
    stage: str | None
    token: str | None
    proof: Proof | None


async def advance(tx: Transaction, device: Device | None, attempt: Attempt, flows: Flows) -> Progress:
    """Complete a stage of a session, and use the session up if it was the last one."""
    user_id = device.user_id if device is not None else ""
    key = bytes.fromhex(attempt.session)
    before = None if attempt.is_new else await register_store.session(tx, key, tx.now)
    if not attempt.is_new and (before is None or (before.user_id, before.operation) != (user_id, attempt.operation)):
        raise Refused(Errcode.FORBIDDEN, "This session is unknown or older than 15 minutes. Begin again.")
    after = before or Session(user_id, attempt.operation)
    if after.completed and after.body_seal not in (None, bytes.fromhex(attempt.body_seal)):
        raise Refused(Errcode.FORBIDDEN, "The request changed while it was being authenticated. Begin again.")
    after = msgspec.structs.replace(after, body_seal=bytes.fromhex(attempt.body_seal))
    if attempt.stage is not None and attempt.stage not in after.completed.split():
        after = with_stage(after, attempt.stage, attempt.token, flows)
        if attempt.stage == EMAIL:
            after = await _with_email(tx, after, attempt.proof)
    await _require_token(tx, after, attempt.stage)
    completed = tuple(after.completed.split())
    passed = completed in flows
    if before is None and not passed:
        register_store.add_session(tx, key, after, tx.now + SESSION_MS)
    elif before is not None:
        otherwise = Refused(Errcode.FORBIDDEN, "Another request with this session came first. Begin again.")
        if passed:
            register_store.end_session(tx, key, before, otherwise)
        elif after != before and completed:
            register_store.advance_session(tx, key, before, after, otherwise)
    return Progress(completed, passed, after.registration_token, after.email_sid)


async def complete_in_browser(
    tx: Transaction, device: Device | None, session: str, stage: str, token: str | None, flows: Flows
) -> None:
    """Complete a stage of a registration elsewhere than in the client, which then asks with the session alone."""
    key = bytes.fromhex(session)
    before = await register_store.session(tx, key, tx.now)
    if before is None or before.operation != REGISTRATION:
        raise Refused(Errcode.FORBIDDEN, "This session is unknown or older than 15 minutes. Begin again.")
    if stage in before.completed.split():
        return
    after = with_stage(before, stage, token, flows)
    await _require_token(tx, after, stage)
    otherwise = Refused(Errcode.FORBIDDEN, "Another request with this session came first. Begin again.")
    register_store.advance_session(tx, key, before, after, otherwise)


async def _with_email(tx: Transaction, session: Session, proof: Proof | None) -> Session:
    """The session with the mail address that was confirmed for what it is about."""
    if proof is None:
        raise Refused(Errcode.MISSING_PARAM, "auth has no threepid_creds.")
    purpose = Purpose.REGISTER if session.operation == REGISTRATION else Purpose.RESET
    found = await confirmed(tx, purpose, proof)
    return msgspec.structs.replace(session, email_sid=found.sid)


async def _require_token(tx: Transaction, session: Session, stage: str | None) -> None:
    """Refuse the stage of the registration token if the token is not good for one more account."""
    if stage != TOKEN:
        return
    assert session.registration_token is not None
    found = await register_store.registration_token(tx, session.registration_token, tx.now)
    if found is None or not found.is_valid(tx.now):
        raise token_used_up()


def with_stage(session: Session, stage: str, token: str | None, flows: Flows) -> Session:
    """The session with one more completed stage. Refuses a stage that is not the next one of any flow."""
    completed = (*session.completed.split(), stage)
    if not any(flow[: len(completed)] == completed for flow in flows):
        raise Refused(Errcode.FORBIDDEN, f"The stage {stage[:64]} is not the next one of any flow.")
    return msgspec.structs.replace(
        session,
        completed=" ".join(completed),
        registration_token=token if stage == TOKEN else session.registration_token,
    )


async def begin(tx: Transaction, device: Device | None, session: str, operation: str) -> None:
    """Begin a session in which nothing is completed yet."""
    user_id = device.user_id if device is not None else ""
    register_store.add_session(tx, bytes.fromhex(session), Session(user_id, operation), tx.now + SESSION_MS)


def challenge(settings: Settings, flows: Flows, session: str, completed: tuple[str, ...], no: Refused | None) -> Answer:
    """The 401 answer. An error code is in it only after a failed attempt: clients show it to the person."""
    params: dict[str, object] = {}
    if any(TERMS in flow for flow in flows):
        params[TERMS] = {"policies": policies(settings)}
    if any(WORK in flow for flow in flows):
        params[WORK] = {"prefix": prefix_of(session), "bits": BITS}
    told: dict[str, object] = {"flows": [{"stages": flow} for flow in flows], "params": params, "session": session}
    if completed:
        told["completed"] = completed
    if no is not None:
        told |= {"errcode": no.code.code, "error": no.reason}
    return Answer(401, msgspec.json.encode(told))


def policies(settings: Settings) -> dict[str, dict[str, object]]:
    """The terms as clients get them ("m.login.terms params"): by document, then by language."""
    found: dict[str, dict[str, object]] = {}
    for terms in settings.terms:
        document = found.setdefault(terms.name, {"version": terms.version})
        document[terms.language] = {"name": terms.title, "url": terms.url}
    return found


async def _answer(request: Request, flows: Flows, session: str | None, no: Refused | None) -> Answer:
    """Tell what is left to do, in the session that was given if it goes on, else in a new one."""
    found = None
    if session:
        database, now = request.of(Database), request.of(Clock).now_ms()
        found = await register_store.session(database, credentials.digest(session), now)
    user_id = request.maybe_device.user_id if request.maybe_device is not None else ""
    if session and found is not None and (found.user_id, found.operation) == (user_id, _operation(request)):
        return challenge(request.of(Settings), flows, session, tuple(found.completed.split()), no)
    session = new_session_id()
    await request.call(REGISTER, begin, credentials.digest(session).hex(), _operation(request))
    return challenge(request.of(Settings), flows, session, (), no)


async def _check_stage(request: Request, auth: AuthData, flows: Flows) -> None:
    """Refuse an attempt whose credentials are wrong."""
    if not any(auth.type in flow for flow in flows):
        raise Refused(Errcode.FORBIDDEN, f"The stage {(auth.type or '')[:64]} is not one of those offered here.")
    if auth.type == PASSWORD:
        await _check_password(request, auth)
    elif auth.type == EMAIL and auth.threepid_creds is not None:
        require_proof(Proof(auth.threepid_creds.sid, auth.threepid_creds.client_secret))
    elif auth.type == WORK:
        require_done(auth.session or "", auth.nonce)
    elif auth.type == TOKEN and (auth.token is None or not rules.is_registration_token(auth.token)):
        raise token_used_up() if auth.token else Refused(Errcode.MISSING_PARAM, "auth has no token.")


def require_proof(proof: Proof) -> None:
    """Refuse what cannot be the id and the secret of a session."""
    if len(proof.sid) > MAX_SID_CHARS or not (proof.sid + proof.client_secret).isascii() or "\0" in proof.sid:
        raise not_confirmed()


async def _check_password(request: Request, auth: AuthData) -> None:
    named = named_user(auth.identifier, auth.user)
    if auth.password is None:
        raise Refused(Errcode.MISSING_PARAM, "auth has no password.")
    user_id = request.device.user_id
    # Only failures count, and by device: a stolen access token tries ten passwords and then 720 an hour, and
    # does not keep the owner from ending it with another device.
    tries = f"password {user_id} {request.device.device_id or ''}"
    request.limits.hit(Limit.LOGIN, tries)
    account = await register_store.account(request.of(Database), user_id)
    is_same = named is None or rules.user_id_at_login(named, request.of(Settings).server_name) == user_id
    stored = account.password_hash if account is not None and is_same else None
    if len(auth.password) > rules.MAX_PASSWORD_BYTES or not await request.of(Passwords).matches(stored, auth.password):
        raise Refused(Errcode.FORBIDDEN, "The password is wrong.")
    request.limits.give_back(Limit.LOGIN, tries)


def named_user(identifier: Identifier | None, user: str | None) -> str | None:
    """The user whom an identifier names, or the older `user` beside it. Refuses other kinds of identifiers."""
    if identifier is None:
        return user
    if identifier.type != "m.id.user":
        raise Refused(Errcode.FORBIDDEN, "Only user names identify people here: identifier.type must be m.id.user.")
    if identifier.user is None:
        raise Refused(Errcode.MISSING_PARAM, "identifier has no user.")
    return identifier.user


def new_session_id() -> str:
    """The id of a session: with it, a stage that was completed in a browser counts for a client."""
    return secrets.token_urlsafe(24)


def _operation(request: Request) -> str:
    return f"{request.method} {request.raw_path.decode('latin-1')}"


def _seal(session: str, body: AuthBody) -> str:
    """Tells whether a body stays the same. Keyed: a body may hold a password, which a plain hash would let guess."""
    without_auth = msgspec.json.encode(msgspec.structs.replace(body, auth=None))
    return hmac.new(session.encode(), without_auth, sha256).hexdigest()
