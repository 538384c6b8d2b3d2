-- The log: how far each shard has come, and what other shards still have to be told.

CREATE TABLE shard (
    id BIGINT PRIMARY KEY,       -- 0 to 255; 256 is the register
    head BIGINT NOT NULL,        -- the last position given out and committed
    epoch BIGINT NOT NULL,       -- counts owners; a flush holds only under the epoch of its owner
    flushes BIGINT NOT NULL      -- counts commits; tells whether a COMMIT whose answer was lost happened
);

CREATE TABLE outbox (
    place BIGINT PRIMARY KEY,    -- of the commit that caused the effect
    target BIGINT NOT NULL,      -- the shard where the effect is applied
    effect TEXT NOT NULL,        -- its name
    payload BYTEA NOT NULL       -- its arguments, JSON
);

CREATE TABLE applied (
    target BIGINT NOT NULL,
    source BIGINT NOT NULL,
    position BIGINT NOT NULL,    -- effects of `source` up to here were applied in `target`
    PRIMARY KEY (target, source)
); -- clustered

CREATE TABLE reader (
    name TEXT NOT NULL,
    shard BIGINT NOT NULL,
    position BIGINT NOT NULL,    -- the reader has dealt with everything up to here
    PRIMARY KEY (name, shard)
); -- clustered

CREATE TABLE history (
    id TEXT PRIMARY KEY,         -- of this line of history; a restored backup gets a new one
    server_name TEXT NOT NULL    -- whose history it is: it cannot become another server's
);

WITH RECURSIVE n(id) AS (SELECT 0 UNION ALL SELECT id + 1 FROM n WHERE id < 256)
INSERT INTO shard (id, head, epoch, flushes) SELECT id, 0, 0, 0 FROM n;
