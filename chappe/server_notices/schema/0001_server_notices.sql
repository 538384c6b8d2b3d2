-- The room in which the server tells somebody things. In the person's shard.

CREATE TABLE notice_room (
    user_id TEXT PRIMARY KEY,
    room_id TEXT NOT NULL,
    version TEXT NOT NULL,          -- of the room; with the next two its id comes out again
    nonce TEXT NOT NULL,
    made_at BIGINT NOT NULL
); -- clustered
