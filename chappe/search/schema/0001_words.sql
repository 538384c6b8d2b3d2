-- Which words stand in which messages. Commits in the room's shard, a moment after the message.

CREATE TABLE search_word (
    room BIGINT NOT NULL,         -- a digest of the room's id, which would make each row three times as large
    word TEXT NOT NULL,
    place BIGINT NOT NULL,        -- of the message that is found
    said BIGINT NOT NULL,         -- where the word was said: of its last edit, or the same
    PRIMARY KEY (room, word, place)
); -- clustered
CREATE INDEX search_word_place ON search_word (place);
