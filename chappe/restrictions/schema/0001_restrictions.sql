-- What is restricted, since when and until when, where, and by which decision. Of an event or a room in the room's
-- shard, of an account or of media in the register. A row that is lifted is gone: decisions keep what was.

CREATE TABLE restriction (
    kind TEXT NOT NULL,           -- event, room, account or media
    subject TEXT NOT NULL,        -- the id of what is restricted; of media an mxc address or the SHA-256 of its bytes
    within TEXT NOT NULL,         -- of an event its room, else empty
    id TEXT NOT NULL,             -- whoever decides gives it: several may hold at once
    room_id TEXT NOT NULL,        -- the room that it is about, or empty
    place BIGINT NOT NULL,        -- where it was imposed
    begins BIGINT NOT NULL,       -- from when on it holds; 0 at once, so that a clock that is set back ends nothing
    measure TEXT NOT NULL,
    territories TEXT NOT NULL,    -- ISO 3166-1 alpha-2, a space between; empty for everywhere
    since BIGINT NOT NULL,
    until BIGINT,                 -- NULL until it is lifted
    decision TEXT NOT NULL,
    ground TEXT NOT NULL,         -- law, terms or order
    reason_code TEXT NOT NULL,
    told BYTEA NOT NULL,          -- what people are told besides, a JSON object
    PRIMARY KEY (kind, subject, within, id)
); -- clustered
CREATE INDEX restriction_room ON restriction (room_id, kind);
CREATE INDEX restriction_until ON restriction (until);

CREATE TABLE restricted_room (
    room_id TEXT PRIMARY KEY,     -- a room in which something is restricted, or was
    anew BIGINT NOT NULL          -- from which place on clients are told it anew, since what they know may be another
); -- clustered
