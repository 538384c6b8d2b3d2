-- What the EU's Transparency Database is told, and how far that has come. In the register, read from the desk's tables.

CREATE TABLE database_statement (
    decision TEXT PRIMARY KEY,
    number BIGINT NOT NULL UNIQUE,  -- of the decision: they are sent in that order
    puid TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,            -- queued, blocked, sent, refused
    record TEXT NOT NULL,           -- JSON, as it is sent
    mended TEXT NOT NULL,           -- JSON: texts that a person entered instead of those of the decision
    mended_by TEXT NOT NULL,
    are_names_none BIGINT NOT NULL, -- 1: who mended it says that words which look like names are none
    found TEXT NOT NULL,            -- JSON: for what it is blocked
    why TEXT NOT NULL,              -- what the database said when it refused it
    queued_at BIGINT NOT NULL,
    sent_at BIGINT,
    tries BIGINT NOT NULL,
    next_try_at BIGINT NOT NULL,
    is_unsure BIGINT NOT NULL,      -- 1: it may have arrived: the database is asked before it is sent again
    uuid TEXT NOT NULL              -- under which name the database has it, or ''
); -- clustered
CREATE INDEX database_statement_queued ON database_statement (next_try_at, number) WHERE state = 'queued';
CREATE INDEX database_statement_state ON database_statement (state, number);

CREATE TABLE transparency_mark (
    what TEXT PRIMARY KEY,          -- seen: up to which decision; stopped: that the database takes no token of ours
    value BIGINT NOT NULL,
    said TEXT NOT NULL,             -- a digest of the token that is not taken
    at BIGINT NOT NULL
); -- clustered
