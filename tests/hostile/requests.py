"""A right request for every endpoint, which the tests then spoil in one place."""

import re
from typing import Any

from chappe.app import all_routes
from chappe.http import Auth, Route
from tests.hostile.estate import Estate
from tests.house import House, Person

ROUTES = {f"{route.method} {route.path}": route for route in all_routes()}

UNKNOWN_EVENT = "$" + "A" * 43
UNKNOWN_ROOM = "!nowhere:localhost"

CONTENTS: dict[str, dict[str, Any]] = {
    "m.room.message": {
        "msgtype": "m.text", "body": "hi", "format": "org.matrix.custom.html", "formatted_body": "<b>hi</b>",
        "m.mentions": {"user_ids": ["@ben:localhost"], "room": True},
        "m.relates_to": {
            "rel_type": "m.thread", "event_id": UNKNOWN_EVENT, "m.in_reply_to": {"event_id": UNKNOWN_EVENT},
        },
    },
    "m.room.encrypted": {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "AwgA", "session_id": "s"},
    "m.reaction": {"m.relates_to": {"rel_type": "m.annotation", "event_id": UNKNOWN_EVENT, "key": "+"}},
    "m.room.redaction": {"redacts": UNKNOWN_EVENT, "reason": "why"},
    "m.room.member": {
        "membership": "join", "displayname": "Ann", "avatar_url": "mxc://localhost/a", "reason": "so",
        "is_direct": True, "join_authorised_via_users_server": "@ann:localhost",
        "third_party_invite": {
            "display_name": "a", "signed": {"mxid": "@ben:localhost", "token": "t", "signatures": {}},
        },
    },
    "m.room.power_levels": {
        "users": {"@ben:localhost": 50}, "users_default": 0, "events": {"m.room.name": 50}, "events_default": 0,
        "state_default": 50, "ban": 50, "kick": 50, "redact": 50, "invite": 0, "notifications": {"room": 50},
    },
    "m.room.create": {
        "room_version": "12", "creator": "@ann:localhost", "m.federate": True, "type": "m.space",
        "predecessor": {"room_id": UNKNOWN_ROOM, "event_id": UNKNOWN_EVENT}, "additional_creators": ["@ben:localhost"],
    },
    "m.room.join_rules": {
        "join_rule": "restricted", "allow": [{"type": "m.room_membership", "room_id": UNKNOWN_ROOM}],
    },
    "m.room.history_visibility": {"history_visibility": "world_readable"},
    "m.room.guest_access": {"guest_access": "can_join"},
    "m.room.canonical_alias": {"alias": "#open:localhost", "alt_aliases": ["#open:localhost"]},
    "m.room.name": {"name": "Tower"},
    "m.room.topic": {"topic": "T", "m.topic": {"m.text": [{"body": "T", "mimetype": "text/plain"}]}},
    "m.room.avatar": {"url": "mxc://localhost/a", "info": {"w": 1, "h": 1, "size": 1, "mimetype": "image/png"}},
    "m.room.encryption": {"algorithm": "m.megolm.v1.aes-sha2", "rotation_period_ms": 1, "rotation_period_msgs": 1},
    "m.room.third_party_invite": {
        "display_name": "a", "key_validity_url": "https://example.org", "public_key": "k",
        "public_keys": [{"public_key": "k", "key_validity_url": "https://example.org"}],
    },
    "m.room.server_acl": {"allow": ["*"], "deny": ["bad.example"], "allow_ip_literals": False},
    "m.room.tombstone": {"body": "gone", "replacement_room": UNKNOWN_ROOM},
    "m.space.child": {"via": ["localhost"], "order": "a", "suggested": True},
    "org.example.any": {"any": {"thing": [1, None, "x", {"deeper": []}]}},
}  # fmt: skip
"""A plausible content for each type of event."""

FILTER = {
    "event_fields": ["content.body", "type"],
    "event_format": "client",
    "presence": {"types": ["m.presence"], "not_senders": ["@ben:localhost"]},
    "account_data": {"types": ["*"], "limit": 5},
    "room": {
        "rooms": ["{room}"], "not_rooms": [UNKNOWN_ROOM], "include_leave": True,
        "timeline": {"limit": 5, "types": ["m.room.*"], "contains_url": False, "unread_thread_notifications": True},
        "state": {"lazy_load_members": True, "include_redundant_members": False, "senders": ["@ann:localhost"]},
        "ephemeral": {"not_types": ["m.typing"]},
        "account_data": {"types": ["m.tag"]},
    },
}  # fmt: skip
KEY_DATA = {"first_message_index": 0, "forwarded_count": 0, "is_verified": True, "session_data": {"mac": "x"}}
BACKUP = {"algorithm": "m.megolm_backup.v1.curve25519-aes-sha2", "auth_data": {"public_key": "x"}}
SIGNATURES = {"@ann:localhost": {"ed25519:D": "A" * 86}}
DEVICE_KEYS = {
    "user_id": "@ann:localhost", "device_id": "D", "algorithms": ["m.megolm.v1.aes-sha2"],
    "keys": {"ed25519:D": "A" * 43}, "signatures": SIGNATURES,
}  # fmt: skip
CROSS_SIGNING_KEY = {"user_id": "@ann:localhost", "keys": {f"ed25519:{'A' * 43}": "A" * 43}}
DEHYDRATED = "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device"
PUSH_RULE = "/_matrix/client/v3/pushrules/global/{kind}/{rule_id}"
PASSWORD_STAGE = {
    "type": "m.login.password", "identifier": {"type": "m.id.user", "user": "ann"}, "user": "ann",
    "password": "not the password", "session": "s", "token": "t",
    "threepid_creds": {"sid": "s", "client_secret": "s"},
}  # fmt: skip
"""A stage that never passes: most endpoints that ask for it end something that the tests need."""

BODIES: dict[str, dict[str, Any]] = {
    "POST /_matrix/client/v3/login": {
        "type": "m.login.password", "identifier": {"type": "m.id.user", "user": "ann"}, "user": "ann", "token": "t",
        "password": "wrong", "device_id": "D", "initial_device_display_name": "phone", "refresh_token": True,
    },
    "POST /_matrix/client/v1/login/get_token": {"auth": PASSWORD_STAGE},
    "POST /_matrix/client/v3/refresh": {"refresh_token": "chr_YW5u_" + "0" * 48},
    "POST /_matrix/client/v3/account/password": {
        "auth": PASSWORD_STAGE, "new_password": House.PASSWORD, "logout_devices": False,
    },
    **{
        f"POST /_matrix/client/v3/{path}/email/requestToken": {
            "client_secret": "s", "email": "ann@example.org", "send_attempt": 1, "next_link": "https://x.example/",
            "id_server": "x.example",
        }
        for path in ("account/3pid", "account/password", "register")
    },
    **{
        f"POST /_matrix/client/v3/{path}": {"id_server": "x.example", "sid": "s", "client_secret": "s"}
        for path in (
            "account/3pid/bind", "account/3pid/unbind", "account/3pid/msisdn/requestToken",
            "account/password/msisdn/requestToken", "register/msisdn/requestToken",
        )
    },
    "POST /_matrix/client/v3/account/3pid/add": {"sid": "s", "client_secret": "s", "auth": PASSWORD_STAGE},
    "POST /_matrix/client/v3/account/3pid/delete": {"medium": "email", "address": "ann@example.org"},
    "PUT /_matrix/client/v1/admin/suspend/{user_id}": {"suspended": False},
    "PUT /_matrix/client/v1/admin/lock/{user_id}": {"locked": False},
    "POST /_chappe/admin/v1/accounts/{user_id}/deactivate": {"erase": True},
    "POST /_matrix/client/v3/account/deactivate": {"auth": PASSWORD_STAGE, "erase": True},
    "PUT /_matrix/client/v3/devices/{device_id}": {"display_name": "phone"},
    "DELETE /_matrix/client/v3/devices/{device_id}": {"auth": PASSWORD_STAGE},
    "POST /_matrix/client/v3/delete_devices": {"devices": ["NOBODYS"], "auth": PASSWORD_STAGE},
    "POST /_matrix/client/v3/register": {
        "username": "{fresh}", "password": House.PASSWORD, "device_id": "D", "initial_device_display_name": "phone",
        "inhibit_login": False, "refresh_token": True, "auth": {"type": "m.login.dummy", "session": "", "token": "t"},
        "guest_access_token": None,
    },
    "POST /_synapse/admin/v1/register": {
        "nonce": "n", "username": "fresh", "password": House.PASSWORD, "mac": "00", "admin": False, "user_type": "bot",
        "displayname": "Fresh", "device_id": "D", "initial_device_display_name": "phone", "inhibit_login": False,
        "refresh_token": True,
    },
    "POST /_synapse/admin/v1/registration_tokens/new": {
        "token": "abc", "uses_allowed": 1, "expiry_time": 2_000_000_000_000, "length": 8,
    },
    "PUT /_synapse/admin/v1/registration_tokens/{token}": {"uses_allowed": 1, "expiry_time": 2_000_000_000_000},
    "POST /_matrix/client/v3/user/{user_id}/filter": FILTER,
    "POST /_matrix/client/v3/createRoom": {
        "visibility": "public", "preset": "public_chat", "room_alias_name": "{fresh}", "name": "N", "topic": "T",
        "invite": ["@ben:localhost"], "invite_3pid": [], "room_version": "11", "is_direct": False,
        "creation_content": {"m.federate": True, "type": "m.space", "additional_creators": []},
        "initial_state": [{"type": "m.room.guest_access", "state_key": "", "content": {"guest_access": "can_join"}}],
        "power_level_content_override": {"events": {"m.room.name": 0}, "users_default": 0},
    },
    "POST /_matrix/client/v3/join/{room_id_or_alias}": {"reason": "so", "third_party_signed": {}},
    "POST /_matrix/client/v3/rooms/{room_id}/join": {"reason": "so", "third_party_signed": {}},
    "POST /_matrix/client/v3/knock/{room_id_or_alias}": {"reason": "so"},
    "POST /_matrix/client/v3/rooms/{room_id}/leave": {"reason": "so"},
    "POST /_matrix/client/v3/rooms/{room_id}/invite": {"user_id": "@eve:localhost", "reason": "so"},
    "POST /_matrix/client/v3/rooms/{room_id}/kick": {"user_id": "@eve:localhost", "reason": "so"},
    "POST /_matrix/client/v3/rooms/{room_id}/ban": {"user_id": "@nobody:localhost", "reason": "so"},
    "POST /_matrix/client/v3/rooms/{room_id}/unban": {"user_id": "@nobody:localhost", "reason": "so"},
    "PUT /_matrix/client/v3/directory/room/{alias}": {"room_id": UNKNOWN_ROOM},
    "PUT /_matrix/client/v3/directory/list/room/{room_id}": {"visibility": "public"},
    "POST /_matrix/client/v3/publicRooms": {
        "limit": 5, "since": "x", "include_all_networks": False, "third_party_instance_id": "irc",
        "filter": {"generic_search_term": "tower", "room_types": [None, "m.space"]},
    },
    "POST /_matrix/client/v3/user_directory/search": {"search_term": "be", "limit": 5},
    "POST /_matrix/client/v3/search": {
        "search_categories": {
            "room_events": {
                "search_term": "hi", "keys": ["content.body"], "order_by": "recent", "include_state": True,
                "filter": {"limit": 5, "rooms": [UNKNOWN_ROOM], "senders": ["@ben:localhost"]},
                "event_context": {"before_limit": 1, "after_limit": 1, "include_profile": True},
                "groupings": {"group_by": [{"key": "room_id"}]},
            },
        },
    },
    "PUT /_matrix/client/v3/rooms/{room_id}/redact/{event_id}/{txn_id}": {"reason": "so"},
    "POST /_matrix/client/v3/rooms/{room_id}/receipt/{receipt_type}/{event_id}": {"thread_id": "main"},
    "POST /_matrix/client/v3/rooms/{room_id}/read_markers": {
        "m.fully_read": UNKNOWN_EVENT, "m.read": UNKNOWN_EVENT, "m.read.private": UNKNOWN_EVENT,
    },
    "PUT /_matrix/client/v3/rooms/{room_id}/typing/{user_id}": {"typing": True, "timeout": 1000},
    "PUT /_matrix/client/v3/user/{user_id}/account_data/{data_type}": {"any": {"thing": [1.5, None]}},
    "PUT /_matrix/client/v3/user/{user_id}/rooms/{room_id}/account_data/{data_type}": {"tags": {"u.x": {"order": 0.5}}},
    "PUT /_matrix/client/v3/profile/{user_id}/{key}": {"displayname": "Ann"},
    "PUT /_matrix/client/unstable/uk.tcpip.msc4133/profile/{user_id}/{key}": {"displayname": "Ann"},
    "PUT /_matrix/client/v3/sendToDevice/{event_type}/{txn_id}": {"messages": {"@ben:localhost": {"*": {"x": 1}}}},
    "POST /_matrix/client/v3/keys/upload": {
        "device_keys": DEVICE_KEYS, "one_time_keys": {"curve25519:A": "A" * 43},
        "fallback_keys": {"signed_curve25519:F": {"key": "A" * 43, "fallback": True}},
    },
    "POST /_matrix/client/v3/keys/query": {"device_keys": {"@ben:localhost": ["D"]}, "timeout": 10_000},
    "POST /_matrix/client/v3/keys/claim": {
        "one_time_keys": {"@ben:localhost": {"D": "signed_curve25519"}}, "timeout": 10_000,
    },
    "POST /_matrix/client/v3/keys/device_signing/upload": {
        "master_key": {**CROSS_SIGNING_KEY, "usage": ["master"]},
        "self_signing_key": {**CROSS_SIGNING_KEY, "usage": ["self_signing"], "signatures": SIGNATURES},
        "user_signing_key": {**CROSS_SIGNING_KEY, "usage": ["user_signing"], "signatures": SIGNATURES},
        "auth": PASSWORD_STAGE,
    },
    "POST /_matrix/client/v3/keys/signatures/upload": {"@ann:localhost": {"D": DEVICE_KEYS}},
    "POST /_matrix/client/v3/room_keys/version": BACKUP,
    "PUT /_matrix/client/v3/room_keys/version/{version}": {**BACKUP, "version": "1"},
    "PUT /_matrix/client/v3/room_keys/keys": {"rooms": {UNKNOWN_ROOM: {"sessions": {"s": KEY_DATA}}}},
    "PUT /_matrix/client/v3/room_keys/keys/{room_id}": {"sessions": {"s": KEY_DATA}},
    "PUT /_matrix/client/v3/room_keys/keys/{room_id}/{session_id}": KEY_DATA,
    f"PUT {DEHYDRATED}": {
        "device_id": "D", "device_data": {"algorithm": "m.dehydration.v2"}, "initial_device_display_name": "phone",
        "device_keys": DEVICE_KEYS,
        "one_time_keys": {"signed_curve25519:AAAA": {"key": "A" * 43}}, "fallback_keys": {},
    },
    f"POST {DEHYDRATED}/{{device_id}}/events": {"next_batch": "1"},
    f"PUT {PUSH_RULE}": {
        "actions": ["notify", {"set_tweak": "sound", "value": "default"}],
        "conditions": [{"kind": "event_match", "key": "content.body", "pattern": "a*b?"}], "pattern": "a*b?",
    },
    f"PUT {PUSH_RULE}/enabled": {"enabled": True},
    f"PUT {PUSH_RULE}/actions": {"actions": ["notify", {"set_tweak": "highlight", "value": False}]},
    "POST /_matrix/client/v3/pushers/set": {
        "kind": "http", "app_id": "org.example", "pushkey": "k", "app_display_name": "A", "device_display_name": "D",
        "profile_tag": "t", "lang": "en", "append": True,
        "data": {"url": "https://192.0.2.1/_matrix/push/v1/notify", "format": "event_id_only"},
    },
    "POST /_matrix/push/v1/notify": {
        "notification": {
            "event_id": UNKNOWN_EVENT, "room_id": UNKNOWN_ROOM, "type": "m.room.message", "sender": "@ben:localhost",
            "content": {"body": "hi"}, "counts": {"unread": 1, "missed_calls": 0}, "prio": "high",
            "devices": [{
                "app_id": "chappe.web", "pushkey": "k", "pushkey_ts": 1, "tweaks": {"sound": "default"},
                "data": {
                    "endpoint": "https://192.0.2.1/s", "format": "event_id_only",
                    "keys": {"p256dh": "B" + "A" * 86, "auth": "A" * 22},
                },
            }],
        },
    },
    "PUT /_matrix/client/v3/user/{user_id}/rooms/{room_id}/tags/{tag}": {"order": 0.5},
    "POST /_matrix/client/v3/user/{user_id}/openid/request_token": {},
    "PUT /_matrix/client/v3/presence/{user_id}/status": {"presence": "online", "status_msg": "Here"},
    # A version that there is not: the room is needed as it is.
    "POST /_matrix/client/v3/rooms/{room_id}/upgrade": {"new_version": "0", "additional_creators": ["@ben:localhost"]},
    "POST /_matrix/client/v3/rooms/{room_id}/report/{event_id}": {"reason": "so"},
    "POST /_matrix/client/v3/rooms/{room_id}/report": {"reason": "so"},
    "POST /_matrix/client/v3/users/{user_id}/report": {"reason": "so"},
    "POST /_chappe/client/v1/safety/reports": {
        "kind": "account", "room_id": UNKNOWN_ROOM, "event_id": UNKNOWN_EVENT, "user_id": "@ben:localhost",
        "door": "notice", "category": "STATEMENT_CATEGORY_VIOLENCE", "keyword": "KEYWORD_COORDINATED_HARM",
        "reason": "so", "law": "a law", "country": "FR", "good_faith": True, "is_threat": False,
        "disclosed": [{"event_id": UNKNOWN_EVENT, "content": {"body": "hi", "n": [1]}, "opening": "A" * 43}],
    },
    "POST /_chappe/client/v1/safety/decisions/{decision_id}/complaint": {"text": "so", "report": "f"},
    "PUT /_matrix/client/v3/rooms/{room_id}/send/{event_type}/{txn_id}": CONTENTS["m.room.message"],
    "PUT /_matrix/client/v3/rooms/{room_id}/state/{event_type}/{state_key}": CONTENTS["m.room.name"],
}  # fmt: skip
"""A body with every key that the endpoint knows; `{fresh}` becomes a new word each time it is sent.

Not all succeed: some would end what the tests need."""

QUERIES: dict[str, dict[str, str]] = {
    "POST /_matrix/client/v3/register": {"kind": "user"},
    "GET /_matrix/client/v3/register/available": {"username": "fresh"},
    "GET /_matrix/client/v1/register/m.login.registration_token/validity": {"token": "abc"},
    "GET /_matrix/client/v3/auth/{auth_type}/fallback/web": {"session": "s"},
    "POST /_matrix/client/v3/auth/{auth_type}/fallback/web": {"session": "s"},
    "GET /_synapse/admin/v1/registration_tokens": {"valid": "true"},
    "GET /_chappe/admin/v1/accounts": {"waiting": "false", "from": "", "limit": "10"},
    "GET /_chappe/admin/v1/statistics/registrations": {"days": "7"},
    "GET /_chappe/owner": {"code": "c"},
    "GET /_chappe/password": {"code": "c"},
    "GET /_chappe/email/confirm": {"token": "t"},
    **{
        f"{method} /_chappe/digests/stop": {"user": "@ann:localhost", "address": "ann@example.org", "proof": "p"}
        for method in ("GET", "POST")
    },
    "POST /_matrix/client/v3/join/{room_id_or_alias}": {"via": "localhost", "server_name": "localhost"},
    "POST /_matrix/client/v3/knock/{room_id_or_alias}": {"via": "localhost", "server_name": "localhost"},
    "GET /_matrix/client/v3/rooms/{room_id}/state/{event_type}/{state_key}": {"format": "content"},
    "GET /_matrix/client/v3/rooms/{room_id}/members": {"at": "", "membership": "join", "not_membership": "ban"},
    "GET /_matrix/client/v3/publicRooms": {"limit": "10", "since": "", "server": "localhost"},
    "POST /_matrix/client/v3/publicRooms": {"server": "localhost"},
    "GET /_matrix/client/v3/rooms/{room_id}/messages": {
        "dir": "b", "from": "", "to": "", "limit": "10", "filter": '{"types":["m.room.message"]}',
    },
    "POST /_matrix/media/v3/upload": {"filename": "a.png"},
    "PUT /_matrix/media/v3/upload/{server_name}/{media_id}": {"filename": "a.png"},
    "GET /_matrix/client/v1/media/download/{server_name}/{media_id}": {"timeout_ms": "0"},
    "GET /_matrix/client/v1/media/download/{server_name}/{media_id}/{file_name}": {"timeout_ms": "0"},
    "GET /_matrix/client/v1/media/thumbnail/{server_name}/{media_id}": {
        "width": "10", "height": "10", "method": "crop", "animated": "true", "timeout_ms": "0",
    },
    "GET /_matrix/client/v3/keys/changes": {"from": "s1_x", "to": "s1_x"},
    **{
        f"{method} /_matrix/client/v3/room_keys/keys{path}": {"version": "1"}
        for method in ("GET", "PUT", "DELETE")
        for path in ("", "/{room_id}", "/{room_id}/{session_id}")
    },
    f"GET {DEHYDRATED}/{{device_id}}/events": {"next_batch": "1"},
    "GET /_matrix/federation/v1/openid/userinfo": {"access_token": "cho_x.y"},
    "GET /_matrix/client/v1/room_summary/{room_id_or_alias}": {"via": "localhost"},
    "GET /_matrix/client/unstable/im.nheko.summary/rooms/{room_id_or_alias}/summary": {"via": "localhost"},
    "GET /_matrix/client/unstable/im.nheko.summary/summary/{room_id_or_alias}": {"via": "localhost"},
    "GET /_matrix/client/v1/rooms/{room_id}/hierarchy": {
        "suggested_only": "false", "limit": "10", "max_depth": "2", "from": "",
    },
    "GET /_matrix/client/v1/mutual_rooms": {"user_id": "@ben:localhost", "from": ""},
    "GET /_matrix/client/v3/rooms/{room_id}/context/{event_id}": {"limit": "10", "filter": "{}"},
    "GET /_matrix/client/v3/rooms/{room_id}/initialSync": {"limit": "10"},
    "POST /_matrix/client/v3/search": {"next_batch": "W1swLjAsMSwxXV0"},
    "GET /_chappe/client/v1/safety/reports": {"before": "9"},
    "GET /_chappe/client/v1/safety/decisions": {"before": "9"},
    "GET /_chappe/notice": {"item": "@ben:localhost"},
    "GET /_chappe/safety/filings/{filing_id}": {"proof": "p"},
    "GET /_chappe/safety/decisions/{decision_id}": {"proof": "p"},
    **{
        f"GET /_matrix/{path}/preview_url": {"url": "https://192.0.2.1/", "ts": "1700000000000"}
        for path in ("media/v3", "client/v1/media")
    },
    "GET /_matrix/client/v3/notifications": {"from": "1", "limit": "5", "only": "highlight"},
    "GET /_matrix/client/v1/rooms/{room_id}/timestamp_to_event": {"ts": "1700000000000", "dir": "f"},
    **{
        f"GET /_matrix/client/v1/rooms/{{room_id}}/relations/{{event_id}}{path}": {
            "dir": "f", "from": "", "to": "", "limit": "10", "recurse": "true",
        }
        for path in ("", "/{rel_type}", "/{rel_type}/{event_type}")
    },
    "GET /_matrix/client/v1/rooms/{room_id}/threads": {"include": "participated", "from": "", "limit": "10"},
    f"PUT {PUSH_RULE}": {"before": "", "after": ""},
    "GET /_matrix/client/v3/sync": {
        "filter": "{}", "since": "", "full_state": "false", "set_presence": "online", "timeout": "0",
        "use_state_after": "true", "org.matrix.msc4222.use_state_after": "false",
    },
}  # fmt: skip
"""A query string with every parameter that the endpoint knows."""

OF_OPERATORS = (
    "/_synapse/admin/v1/registration_tokens", "/_chappe/admin/", "/_matrix/client/v1/admin/lock/",
    "/_matrix/client/v1/admin/suspend/",
)  # fmt: skip


def _shuts_out(route: Route) -> bool:
    """Whether an operator who asks for it ends or locks the account: if it were Ann's, the tests would end with it."""
    return route.path.endswith("/deactivate") or "/client/v1/admin/" in route.path


def right_path(estate: Estate, route: Route, **other: str) -> str:
    """The path of a route, with parameters that exist, and some replaced. They are put in as they are."""
    given = {
        "room_id": estate.open_room,
        "room_id_or_alias": estate.open_room,
        "user_id": "@nobody:localhost" if _shuts_out(route) else estate.ann.user_id,
        "event_id": estate.event,
        "alias": "#open:localhost",
        "event_type": "m.room.message" if "/send/" in route.path else "m.room.name",
        "state_key": "",
        "txn_id": estate.fresh(),
        "receipt_type": "m.read",
        "key": "displayname",
        "data_type": "org.example.any",
        "filter_id": "f",
        "device_id": estate.ann.device_id,
        "token": "abc",
        "auth_type": "m.login.registration_token",
        "server_name": "localhost",
        "media_id": estate.media_id,
        "file_name": "a.png",
        "version": "1",
        "session_id": "s",
        "kind": "override",
        "rule_id": "word",
        "tag": "u.word",
        "rel_type": "m.thread",
        "proposal_id": "p",
        "decision_id": "d",
        "decision": "d",
        "filing_id": "f",
        "id": "i",
        "part": "1",
        "year": "2025",
        "at": "0",
        "number": "0",
        "name": "messenger.js",
        **other,
    }
    return re.sub(r"\{(\w+)\}", lambda found: given[found[1]], route.path).replace("#", "%23")


def right_query(label: str) -> bytes:
    """A query string for the route of that method and path, with values as they may be."""
    return "&".join(f"{name}={value}" for name, value in QUERIES.get(label, {}).items() if value).encode()


def who_may(estate: Estate, route: Route) -> Person:
    """Somebody who may ask this."""
    return estate.olga if route.path.startswith(OF_OPERATORS) else estate.ann


def needs_token(route: Route) -> bool:
    """Whether only people who are logged in may ask."""
    return route.auth in (Auth.DEVICE, Auth.GUEST)
