"""Matrix HTTP for the keys of devices and people (Client-Server API v1.19, "End-to-End Encryption")."""

import asyncio
from collections.abc import Container, Iterator, Mapping
from typing import TypeVar

import msgspec

from chappe.accounts import uia
from chappe.config import Settings
from chappe.errors import Errcode, Refused
from chappe.http import DEVICE, GUEST, Answer, JSONObject, Limit, RawJSON, Request, Routes
from chappe.ids import UserID, parse_user_id, server_of
from chappe.keys import cross_sign, rules, sign
from chappe.keys.changes import KeyChanges, Range
from chappe.keys.claim import Claimed, Wanted, claim_keys
from chappe.keys.counts import counts_of
from chappe.keys.query import keys_of
from chappe.keys.told import ToldKeys
from chappe.keys.upload import Upload, fingerprint_of, upload_keys
from chappe.rooms import rooms_of
from chappe.storage import Database
from chappe.stream import Log, Shard, shard_of
from chappe.stream.token import decode_token, digest

routes = Routes()

T = TypeVar("T")

MAX_UPLOAD_BYTES = 512 * 1024
"""A body with keys or signatures: two hundred keys of the usual size have 60 KB."""
MAX_PEOPLE_QUERIED = 2_000
"""People in one query. Clients ask for 250."""
MAX_DEVICES_CLAIMED = 2_000
"""Devices in one claim."""
MAX_DEVICE_ID_CHARS = 255

_NOT_REACHED = {"errcode": Errcode.UNAVAILABLE.code, "error": "This server does not talk to others."}


class UploadBody(msgspec.Struct):
    """POST /keys/upload."""

    device_keys: JSONObject | None = None
    one_time_keys: JSONObject | None = None
    fallback_keys: JSONObject | None = None


@routes.post("/_matrix/client/v3/keys/upload", auth=GUEST, limit=Limit.WRITES, max_body_bytes=MAX_UPLOAD_BYTES)
async def post_upload(request: Request, body: UploadBody) -> JSONObject:
    """Publish keys of the device that asks."""
    user_id, device_id = request.device.user_id, request.device.device_id
    assert device_id is not None
    fingerprint = await fingerprint_of(request.of(Database), user_id, device_id)
    if body.device_keys or body.one_time_keys or body.fallback_keys:
        # Two hundred signatures take some 20 ms to check.
        upload = await asyncio.to_thread(checked_upload, body, user_id, device_id, fingerprint)
        await request.call(user_id, upload_keys, upload)
    return {"one_time_key_counts": await counts_of(request.of(Database), user_id, device_id)}


def checked_upload(body: UploadBody, user_id: UserID, device_id: str, fingerprint: str | None) -> Upload:
    """What a device publishes, if it may; `fingerprint` is the key it has published to sign with."""
    own, others = None, dict[str, str]()
    if body.device_keys:
        own = rules.device_keys(body.device_keys, user_id, device_id)
        others = rules.signatures_by(body.device_keys, user_id)
        fingerprint = own.identity[f"ed25519:{device_id}"]
    signer = (user_id, device_id, fingerprint)
    fallback = rules.keys_in(body.fallback_keys or {}, "fallback_keys", *signer)
    algorithms = {key.algorithm for key in fallback}
    if not len(fallback) == len(algorithms) <= rules.MAX_FALLBACK_ALGORITHMS:
        raise Refused(
            Errcode.INVALID_PARAM,
            f"fallback_keys has one key of each algorithm, of at most {rules.MAX_FALLBACK_ALGORITHMS} algorithms.",
        )
    return Upload(own, others, rules.keys_in(body.one_time_keys or {}, "one_time_keys", *signer), fallback)


class QueryBody(msgspec.Struct):
    """POST /keys/query."""

    device_keys: dict[str, list[str]]


@routes.post("/_matrix/client/v3/keys/query", auth=GUEST, limit=Limit.READS, max_body_bytes=MAX_UPLOAD_BYTES)
async def post_query(request: Request, body: QueryBody) -> RawJSON:
    """The public keys of people and their devices."""
    if len(body.device_keys) > MAX_PEOPLE_QUERIED:
        raise Refused(Errcode.TOO_LARGE, f"device_keys names at most {MAX_PEOPLE_QUERIED} people.")
    told = request.of(ToldKeys)
    here, failures = _by_server(request, body.device_keys, told)
    return RawJSON(await keys_of(told, request.of(Database), request.device.user_id, here, failures))


class ClaimBody(msgspec.Struct):
    """POST /keys/claim: the algorithm, by person and device."""

    one_time_keys: dict[str, dict[str, str]]


class ClaimAnswer(msgspec.Struct):
    """What was claimed, by person."""

    one_time_keys: dict[UserID, Claimed]
    failures: dict[str, dict[str, str]]


@routes.post("/_matrix/client/v3/keys/claim", auth=GUEST, max_body_bytes=MAX_UPLOAD_BYTES)
async def post_claim(request: Request, body: ClaimBody) -> ClaimAnswer:
    """Claim a one-time key of each of some devices."""
    wanted = sum(len(devices) for devices in body.one_time_keys.values())
    if max(wanted, len(body.one_time_keys)) > MAX_DEVICES_CLAIMED:
        raise Refused(Errcode.TOO_LARGE, f"One claim names at most {MAX_DEVICES_CLAIMED} devices.")
    request.limits.hit(Limit.CLAIMS, request.device.user_id, max(wanted, 1))
    here, failures = _by_server(request, body.one_time_keys)
    by_shard: dict[Shard, Wanted] = {}
    for user_id, devices in here.items():
        if possible := {device_id: name for device_id, name in devices.items() if _may_have_keys(device_id, name)}:
            by_shard.setdefault(shard_of(user_id), {})[user_id] = possible
    claimed = await asyncio.gather(*(request.call(shard, claim_keys, part) for shard, part in by_shard.items()))
    return ClaimAnswer({user_id: keys for part in claimed for user_id, keys in part.items()}, failures)


def _may_have_keys(device_id: str, algorithm: str) -> bool:
    return rules.is_algorithm(algorithm) and len(device_id) <= MAX_DEVICE_ID_CHARS and device_id.isprintable()


def _by_server(
    request: Request, asked: Mapping[str, T], known: Container[str] = ()
) -> tuple[dict[UserID, T], dict[str, dict[str, str]]]:
    """What is asked about people of this server, and a failure for each other one. Those `known` are of this one."""
    own = request.of(Settings).server_name
    here: dict[UserID, T] = {}
    failures: dict[str, dict[str, str]] = {}
    for name, about in asked.items():
        if name in known:
            here[UserID(name)] = about
            continue
        user_id = parse_user_id(name, "A key in the body")
        if (server := server_of(user_id)) == own:
            here[user_id] = about
        else:
            failures[server] = _NOT_REACHED
    return here, failures


class ChangesQuery(msgspec.Struct, rename={"since": "from"}):
    """GET /keys/changes. `to` only says how far the client has come: what is newer is told, too."""

    since: str
    to: str


@routes.get("/_matrix/client/v3/keys/changes", auth=DEVICE, limit=Limit.READS)
async def get_changes(request: Request, query: ChangesQuery) -> JSONObject:
    """Whose keys changed since a sync token."""
    log, user_id = request.of(Log), request.device.user_id
    since = decode_token(query.since, "from")
    decode_token(query.to, "to")
    if since.history != digest(log.history):
        raise Refused(Errcode.INVALID_PARAM, "from is a token of before a backup was restored. Sync from the start.")
    rooms = {room.room_id: room for room in await rooms_of(request.of(Database), user_id)}
    told = Range(since.positions, log.heads)
    after, _ = told.of(shard_of(user_id))
    moved = [
        room.room_id
        for room in rooms.values()
        if room.place > after or (room.membership == "join" and told.is_behind(shard_of(room.room_id)))
    ]
    lists = await request.of(KeyChanges).lists(user_id, rooms, moved, told)
    return {"changed": sorted(lists.changed), "left": sorted(lists.left)}


class CrossSigningBody(uia.AuthBody):
    """POST /keys/device_signing/upload."""

    master_key: JSONObject | None = None
    self_signing_key: JSONObject | None = None
    user_signing_key: JSONObject | None = None


@routes.post("/_matrix/client/v3/keys/device_signing/upload", auth=DEVICE, limit=Limit.WRITES)
async def post_cross_signing(request: Request, body: CrossSigningBody) -> Answer | JSONObject:
    """Publish cross-signing keys; to replace them, people show their password."""
    user_id = request.device.user_id
    given = {
        "master": body.master_key,
        "self_signing": body.self_signing_key,
        "user_signing": body.user_signing_key,
    }
    new = cross_sign.read_keys(given, user_id)
    replaces = await cross_sign.replaces(request.of(Database), user_id, new)
    if replaces and isinstance(passed := await uia.require(request, body, uia.PASSWORD_ONLY), Answer):
        return passed
    await request.call(user_id, cross_sign.publish_keys, new, replaces)
    return {}


@routes.post(
    "/_matrix/client/v3/keys/signatures/upload", auth=DEVICE, limit=Limit.WRITES, max_body_bytes=MAX_UPLOAD_BYTES
)
async def post_signatures(request: Request, body: JSONObject) -> JSONObject:
    """Publish signatures on devices and keys, one's own and others'."""
    failures: sign.Failures = {}
    signed: list[sign.Signed] = []
    for at, (user_id, target, value) in enumerate(_objects(body)):
        if at >= sign.MAX_SIGNED:
            raise Refused(Errcode.TOO_LARGE, f"One request has at most {sign.MAX_SIGNED} signed objects.")
        try:
            signed.append(sign.read_signed(user_id, target, value, request.device.user_id))
        except Refused as no:
            sign.failure(failures, user_id, target, no)
    failed = await request.call(request.device.user_id, sign.add_signatures, signed)
    for owner, targets in failed.items():
        failures.setdefault(owner, {}).update(targets)
    return {"failures": failures}


def _objects(body: JSONObject) -> Iterator[tuple[UserID, str, JSONObject]]:
    for name, targets in body.items():
        user_id = parse_user_id(name, "A key in the body")
        if not isinstance(targets, dict) or not all(isinstance(value, dict) for value in targets.values()):
            raise Refused(Errcode.BAD_JSON, "Below a user ID there are objects, by device ID or public key.")
        for target, value in targets.items():
            yield user_id, target, value
