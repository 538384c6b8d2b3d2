-- Whose account ended with the wish that as little as possible remains. Commits in the room's shard.

CREATE TABLE erased_sender (
    room_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    place BIGINT NOT NULL,        -- of the erasure, in the room's shard: what was said before it is erased
    PRIMARY KEY (room_id, user_id)
); -- clustered
CREATE INDEX erased_sender_place ON erased_sender (place);
