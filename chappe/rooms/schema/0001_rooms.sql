-- Rooms and their events. Everything here commits in the room's shard, but for user_room (the user's)
-- and the tables of the register: room_alias, public_room.

CREATE TABLE room (
    room_id TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    joined BIGINT NOT NULL,
    invited BIGINT NOT NULL
);

CREATE TABLE event (
    place BIGINT PRIMARY KEY,
    room_id TEXT NOT NULL,
    event_id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    state_key TEXT,
    sender TEXT NOT NULL,
    origin_server_ts BIGINT NOT NULL,
    depth BIGINT NOT NULL,
    counted BIGINT NOT NULL,      -- how many events of the room notify its members, this one included
    replaces BIGINT,              -- of a state event: the place of the one it takes the place of
    redacted_by BIGINT,           -- the place of the redaction that emptied it
    device_id TEXT,
    txn_id TEXT,
    repeat_key BYTEA UNIQUE,      -- hash of device, endpoint and transaction ID: a repeat finds its first one
    client_json BYTEA NOT NULL,   -- as clients see it, without room_id and unsigned
    pdu_rest BYTEA NOT NULL       -- what federation has beyond that
);
CREATE INDEX event_of_room ON event (room_id, place);

CREATE TABLE state_change (
    room_id TEXT NOT NULL,
    type TEXT NOT NULL,
    state_key TEXT NOT NULL,
    place BIGINT NOT NULL,        -- from here on, the event at this place is the state for its type and key
    PRIMARY KEY (room_id, type, state_key, place)
); -- clustered

CREATE TABLE member_change (
    room_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    place BIGINT NOT NULL,
    membership TEXT NOT NULL,
    PRIMARY KEY (room_id, user_id, place)
); -- clustered

CREATE TABLE user_room (
    user_id TEXT NOT NULL,
    room_id TEXT NOT NULL,
    membership TEXT NOT NULL,
    place BIGINT NOT NULL,        -- in the user's shard
    room_place BIGINT NOT NULL,   -- of the membership event, in the room's shard
    joined_place BIGINT NOT NULL, -- of the event by which the user last came in; 0 before the first join
    forgotten BIGINT NOT NULL,
    stripped BYTEA,               -- what someone invited or knocking may know of the room: a JSON list
    PRIMARY KEY (user_id, room_id)
); -- clustered
CREATE INDEX user_room_place ON user_room (user_id, place);

CREATE TABLE redacted_original (
    place BIGINT PRIMARY KEY,     -- of the redacted event
    room_id TEXT NOT NULL,
    redacted_at BIGINT NOT NULL,
    client_json BYTEA NOT NULL,
    pdu_rest BYTEA NOT NULL
);
CREATE INDEX redacted_original_age ON redacted_original (redacted_at);

CREATE TABLE room_alias (
    alias TEXT PRIMARY KEY,
    room_id TEXT NOT NULL,
    creator TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    reserved_until BIGINT         -- while its room is being made: until then nobody else gets the name
);
CREATE INDEX room_alias_room ON room_alias (room_id);

CREATE TABLE public_room (
    room_id TEXT PRIMARY KEY,
    listed_by TEXT NOT NULL,
    listed_at BIGINT NOT NULL,
    place BIGINT NOT NULL,        -- in the room's shard: the summary is as of here, and only moves on
    joined BIGINT NOT NULL,       -- as of the summary, for the order of the list
    room_type TEXT,
    search TEXT NOT NULL,         -- name, topic and alias, folded for searching
    summary BYTEA NOT NULL        -- the entry as the directory gives it, JSON
);
CREATE INDEX public_room_order ON public_room (joined DESC, room_id);

CREATE TABLE highlight (
    room_id TEXT NOT NULL,
    user_id TEXT NOT NULL,        -- empty for a mention of everyone
    place BIGINT NOT NULL,
    PRIMARY KEY (room_id, user_id, place)
); -- clustered
