-- What people want to be told about. Commits in the person's shard.

CREATE TABLE push_rules (
    user_id TEXT PRIMARY KEY,
    place BIGINT NOT NULL,        -- of the last change
    changes BYTEA NOT NULL        -- JSON: the person's own rules, and what differs in the default ones
); -- clustered
