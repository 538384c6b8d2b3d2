-- Automatic rules, what they found, and what protects rooms. All of it in the register.

-- A version of a rule. Of each name at most one is on in each stage.
CREATE TABLE rule (
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    happening TEXT NOT NULL,
    expression TEXT NOT NULL,
    action TEXT NOT NULL,
    topic TEXT NOT NULL,
    why TEXT NOT NULL,
    owner TEXT NOT NULL,
    stage TEXT NOT NULL,          -- shadow, live, retired
    added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    live_at BIGINT,
    ended_at BIGINT,
    PRIMARY KEY (name, version)
); -- clustered

CREATE TABLE rule_hit (
    hit_id TEXT NOT NULL PRIMARY KEY,
    rule TEXT NOT NULL,
    version BIGINT NOT NULL,
    happening TEXT NOT NULL,
    action TEXT NOT NULL,
    is_live BIGINT NOT NULL,      -- 1: it did something; 0: it said what it would have done
    facts BYTEA NOT NULL,         -- JSON
    sender TEXT NOT NULL,
    room_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    found_at BIGINT NOT NULL
); -- clustered
CREATE INDEX rule_hit_rule ON rule_hit (rule, version, found_at);
CREATE INDEX rule_hit_found ON rule_hit (found_at);

-- A room that takes in nobody for a while, or lets people speak now and then only.
CREATE TABLE room_protection (
    room_id TEXT NOT NULL,
    kind TEXT NOT NULL,           -- pause, slow
    seconds BIGINT NOT NULL,      -- slow: between two messages of a person
    until BIGINT NOT NULL,
    by_whom TEXT NOT NULL,
    why TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (room_id, kind)
); -- clustered

-- Rooms whose policy rules are watched.
CREATE TABLE watched_list (
    name TEXT NOT NULL PRIMARY KEY,
    room_id TEXT NOT NULL,
    added_by TEXT NOT NULL,
    added_at BIGINT NOT NULL
); -- clustered
