"""The Matrix endpoints of mail addresses. Telephone numbers and identity servers are refused."""

import secrets
from typing import Literal

import msgspec

from chappe.accounts import emails, emails_store, uia
from chappe.accounts.emails import Asked, Proof, Purpose
from chappe.accounts.pages import language_of
from chappe.errors import Errcode, Refused
from chappe.http import DEVICE, NOBODY, OPTIONAL, Answer, JSONObject, Limit, Request, Routes
from chappe.mail import parse_address
from chappe.storage import Database
from chappe.stream import REGISTER

routes = Routes()

_V3 = "/_matrix/client/v3"
MAX_TOKEN_BODY_BYTES = 16_384


class EmailBody(msgspec.Struct):
    """A wish for a letter. The keys of identity servers are read for their refusal alone."""

    client_secret: str
    email: str
    send_attempt: int
    next_link: str | None = None
    id_server: str | None = None


async def _ask(request: Request, body: EmailBody, purpose: Purpose) -> JSONObject:
    emails.require_secret(body.client_secret)
    emails.require_next_link(body.next_link)
    if body.send_attempt < 0:
        raise Refused(Errcode.INVALID_PARAM, "send_attempt is 0 or more.")
    asked = Asked(
        purpose.value, parse_address(body.email), body.client_secret, body.send_attempt, body.next_link,
        language_of(request).value, secrets.token_urlsafe(24),
    )  # fmt: skip
    return {"sid": await request.call(REGISTER, emails.ask, asked)}


@routes.post(f"{_V3}/account/3pid/email/requestToken", auth=OPTIONAL, limit=Limit.REGISTRATION)
async def post_token_to_add(request: Request, body: EmailBody) -> JSONObject:
    """Have a mail address confirmed that the account is to get."""
    return await _ask(request, body, Purpose.ADD)


@routes.post(f"{_V3}/register/email/requestToken", auth=NOBODY, limit=Limit.REGISTRATION)
async def post_token_to_register(request: Request, body: EmailBody) -> JSONObject:
    """Have a mail address confirmed with which an account is to be made."""
    return await _ask(request, body, Purpose.REGISTER)


@routes.post(f"{_V3}/account/password/email/requestToken", auth=NOBODY, limit=Limit.REGISTRATION)
async def post_token_to_reset(request: Request, body: EmailBody) -> JSONObject:
    """Have a mail address confirmed, by which a forgotten password is replaced."""
    return await _ask(request, body, Purpose.RESET)


@routes.get(f"{_V3}/account/3pid", auth=DEVICE)
async def get_threepids(request: Request) -> JSONObject:
    """The mail addresses of the account."""
    rows = await emails_store.addresses(request.of(Database), request.device.user_id)
    return {
        "threepids": [
            {"medium": "email", "address": address, "validated_at": validated_at, "added_at": added_at}
            for address, _, validated_at, added_at in rows
        ]
    }


class AddBody(uia.AuthBody):
    """POST /account/3pid/add."""

    sid: str
    client_secret: str


@routes.post(f"{_V3}/account/3pid/add", auth=DEVICE, limit=Limit.LOGIN)
async def post_add(request: Request, body: AddBody) -> Answer | JSONObject:
    """Give the account a mail address that was confirmed."""
    passed = await uia.require(request, body, uia.PASSWORD_ONLY)
    if isinstance(passed, Answer):
        return passed
    uia.require_proof(Proof(body.sid, body.client_secret))
    await request.call(REGISTER, emails.add_email, Proof(body.sid, body.client_secret))
    return {}


class RemoveBody(msgspec.Struct):
    """POST /account/3pid/delete."""

    medium: Literal["email", "msisdn"]
    address: str


@routes.post(f"{_V3}/account/3pid/delete", auth=DEVICE)
async def post_remove(request: Request, body: RemoveBody) -> JSONObject:
    """Take a mail address from the account."""
    if body.medium == "email":
        await request.call(REGISTER, emails.remove_email, parse_address(body.address))
    return {"id_server_unbind_result": "no-support"}


# What is not done here


@routes.post(f"{_V3}/account/3pid/bind", auth=DEVICE)
async def post_bind(request: Request, body: JSONObject) -> JSONObject:
    """Identity servers, which tell others who has which address: refused."""
    raise Refused(Errcode.SERVER_NOT_TRUSTED, "This server works with no identity servers.")


@routes.post(f"{_V3}/account/3pid/unbind", auth=DEVICE)
async def post_unbind(request: Request, body: JSONObject) -> JSONObject:
    """Identity servers: nothing was bound, and nothing can be unbound."""
    return {"id_server_unbind_result": "no-support"}


@routes.post(f"{_V3}/account/3pid/msisdn/requestToken", auth=OPTIONAL)
@routes.post(f"{_V3}/register/msisdn/requestToken", auth=NOBODY)
@routes.post(f"{_V3}/account/password/msisdn/requestToken", auth=NOBODY)
async def post_telephone(request: Request, body: JSONObject) -> JSONObject:
    """Telephone numbers: refused."""
    raise Refused(Errcode.THREEPID_MEDIUM_NOT_SUPPORTED, "This server sends no text messages: take a mail address.")
