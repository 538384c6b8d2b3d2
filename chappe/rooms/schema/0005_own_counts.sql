-- Where somebody's own push rules count an event otherwise than the default ones do. Commits in the room's shard, a
-- moment after the event.

CREATE TABLE own_count (
    room_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    place BIGINT NOT NULL,        -- of the event
    notifies BIGINT NOT NULL,     -- how much more (1) or less (-1) it counts than for others
    highlights BIGINT NOT NULL,   -- the same of highlights
    noted BIGINT NOT NULL,        -- the row's own place: who has read the log up to there knows of it
    PRIMARY KEY (room_id, user_id, place)
); -- clustered
CREATE INDEX own_count_noted ON own_count (user_id, noted);
CREATE INDEX own_count_place ON own_count (place);
