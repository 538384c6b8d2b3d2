-- The audit log: entries, the complete subtrees of the Merkle tree over them, and its signed checkpoints. All in the
-- register. Rows of audit_hash and audit_checkpoint never change; of an entry, parts may be erased.

CREATE TABLE audit_entry (
    number BIGINT PRIMARY KEY,    -- 0, 1, 2 … without gaps, in the order of the commits: the leaf's place in the tree
    time BIGINT NOT NULL,
    act TEXT NOT NULL,
    actor TEXT,                   -- a user id, 'system' or 'machine'; NULL: erased
    actor_salt BYTEA,
    actor_seal BYTEA NOT NULL,    -- HMAC-SHA-256 of the part under its salt; this is what is hashed
    subject TEXT,
    subject_salt BYTEA,
    subject_seal BYTEA NOT NULL,
    body TEXT,                    -- canonical JSON
    body_salt BYTEA,
    body_seal BYTEA NOT NULL
); -- clustered
CREATE INDEX audit_entry_act ON audit_entry (act, number);
CREATE INDEX audit_entry_subject ON audit_entry (subject, number);
CREATE INDEX audit_entry_actor ON audit_entry (actor, number);

CREATE TABLE audit_hash (
    id BIGINT PRIMARY KEY,        -- counts complete subtrees in the order in which they become so
    hash BYTEA NOT NULL
); -- clustered

CREATE TABLE audit_checkpoint (
    size BIGINT NOT NULL,         -- how many entries it is about
    origin TEXT NOT NULL,         -- the log and its line of history
    note BYTEA NOT NULL,          -- the signed note
    PRIMARY KEY (size, origin)
); -- clustered
