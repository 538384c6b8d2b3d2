-- The desk: what was reported, what was decided about it, and who complained. All in the register.

CREATE TABLE moderation_case (
    number BIGINT PRIMARY KEY,      -- counts up from 1 without gaps
    kind TEXT NOT NULL,             -- what the item is: event, room, account
    item TEXT NOT NULL,             -- its id
    room_id TEXT NOT NULL,          -- where the event is, or ''
    author TEXT NOT NULL,           -- whose it is, or ''
    dissemination TEXT NOT NULL,    -- direct, invite_only, approval, auto_join, public
    is_encrypted BIGINT NOT NULL,
    snapshot BYTEA,                 -- JSON of the item as it was when the case was opened
    version TEXT NOT NULL,          -- which state of the item: the event id of its last edit, or ''
    stream TEXT NOT NULL,           -- in which queue it is: threat, child_safety, notices, reports, automatic
    priority BIGINT NOT NULL,       -- the smaller, the earlier
    category TEXT NOT NULL,         -- of the weightiest filing
    language TEXT NOT NULL,         -- in which it is written, BCP 47, or ''
    opened_at BIGINT NOT NULL,
    newest_at BIGINT NOT NULL,      -- when it was last reported
    filed BIGINT NOT NULL,          -- how many filings it has
    state TEXT NOT NULL,            -- open, decided
    claimed_by TEXT NOT NULL,       -- who works on it, or ''
    claimed_until BIGINT NOT NULL,
    decided_at BIGINT,
    decision TEXT NOT NULL          -- the last one, or ''
); -- clustered
CREATE UNIQUE INDEX moderation_case_open ON moderation_case (kind, item) WHERE state = 'open';
CREATE INDEX moderation_case_item ON moderation_case (kind, item, number);
CREATE INDEX moderation_case_queue ON moderation_case (stream, priority, opened_at, number) WHERE state = 'open';
CREATE INDEX moderation_case_author ON moderation_case (author, number);
CREATE INDEX moderation_case_decided ON moderation_case (decided_at);

CREATE TABLE filing (
    id TEXT PRIMARY KEY,
    case_number BIGINT NOT NULL,
    submission TEXT NOT NULL,       -- what was sent at once: a notice may name several items
    door TEXT NOT NULL,             -- report, notice, automatic
    by_user TEXT NOT NULL,          -- the account, or ''
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    flagger TEXT NOT NULL,          -- the trusted flagger inside its area, or ''
    category TEXT NOT NULL,
    keyword TEXT NOT NULL,
    law TEXT NOT NULL,              -- what it is said to break
    country TEXT NOT NULL,          -- of that law, ISO 3166-1, or ''
    reason TEXT NOT NULL,
    evidence BYTEA,                 -- JSON: the messages that were disclosed with it
    proof TEXT NOT NULL,            -- public, unverified, verified: whether the item says what the filing says
    language TEXT NOT NULL,         -- of who filed it
    good_faith BIGINT NOT NULL,
    is_muted BIGINT NOT NULL,       -- 1: the item was judged before and has not changed
    filed_at BIGINT NOT NULL,
    receipt_at BIGINT,              -- when its receipt was confirmed
    told_at BIGINT                  -- when who filed it was told of the decision
); -- clustered
CREATE INDEX filing_case ON filing (case_number, filed_at);
CREATE UNIQUE INDEX filing_once ON filing (case_number, by_user, door) WHERE by_user <> '';
CREATE INDEX filing_user ON filing (by_user, filed_at) WHERE by_user <> '';
CREATE INDEX filing_time ON filing (door, filed_at);

CREATE TABLE case_entry (
    case_number BIGINT NOT NULL,
    position BIGINT NOT NULL,       -- counts up from 1
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,            -- a user id, 'system' or ''
    what TEXT NOT NULL,
    body TEXT NOT NULL,             -- JSON
    PRIMARY KEY (case_number, position)
); -- clustered

CREATE TABLE decision (
    number BIGINT PRIMARY KEY,      -- counts up from 1 without gaps
    id TEXT NOT NULL UNIQUE,        -- a random name, for others than staff
    case_number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    by_user TEXT NOT NULL,          -- who decided; 'system' for a rule
    second TEXT NOT NULL,           -- who approved, or ''
    outcome TEXT NOT NULL,          -- restricted, no_action, reversed, partly_reversed
    subject TEXT NOT NULL,          -- whom it restricts, or ''
    ground TEXT NOT NULL,           -- law, terms, or ''
    ground_reference TEXT NOT NULL, -- the law, or the id of the term
    explanation TEXT NOT NULL,      -- why that ground; names nobody: it is published
    facts TEXT NOT NULL,            -- facts and circumstances; names nobody: it is published
    to_user TEXT NOT NULL,          -- what only the person is told
    proportionality TEXT NOT NULL,  -- which lighter measures were weighed
    category TEXT NOT NULL,
    keywords TEXT NOT NULL,         -- JSON
    keyword_other TEXT NOT NULL,
    content_types TEXT NOT NULL,    -- JSON
    territories TEXT NOT NULL,      -- JSON; [] is everywhere
    until BIGINT,
    source TEXT NOT NULL,           -- notice, trusted_flagger, other_notification, own_initiative
    source_identity TEXT NOT NULL,  -- the notifier, where that is strictly necessary
    detected TEXT NOT NULL,         -- by people or automatically: yes, no
    automation TEXT NOT NULL,       -- of the decision: fully, partially, not
    rule TEXT NOT NULL,             -- the automatic rule or list that matched, with its version, or ''
    content_at BIGINT NOT NULL,     -- when the item was made
    content_language TEXT NOT NULL,
    applied_at BIGINT NOT NULL,
    reverses TEXT NOT NULL,         -- the decision that it reverses, or ''
    state TEXT NOT NULL             -- standing, reversed, partly_reversed
); -- clustered
CREATE INDEX decision_case ON decision (case_number);
CREATE INDEX decision_subject ON decision (subject, number);
CREATE INDEX decision_time ON decision (at);

CREATE TABLE measure (
    decision TEXT NOT NULL,
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,             -- of what it restricts: event, room, account, media
    subject TEXT NOT NULL,
    within_room TEXT NOT NULL,
    measure TEXT NOT NULL,
    territories TEXT NOT NULL,      -- JSON
    until BIGINT,
    restriction TEXT NOT NULL,      -- the restriction's id
    lifted_by TEXT NOT NULL,        -- the decision that lifted it, or ''
    PRIMARY KEY (decision, position)
); -- clustered

CREATE TABLE statement (
    decision TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    language TEXT NOT NULL,
    body TEXT NOT NULL,             -- JSON, as the person was told it
    made_at BIGINT NOT NULL
); -- clustered
CREATE INDEX statement_user ON statement (user_id, made_at);

CREATE TABLE complaint (
    id TEXT PRIMARY KEY,
    decision TEXT NOT NULL,
    case_number BIGINT NOT NULL,
    by_user TEXT NOT NULL,          -- the account, or ''
    filing TEXT NOT NULL,           -- who had filed it and complains, or ''
    text TEXT NOT NULL,
    filed_at BIGINT NOT NULL,
    state TEXT NOT NULL,            -- open, upheld, partly_reversed, reversed, omitted
    claimed_by TEXT NOT NULL,
    claimed_until BIGINT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at BIGINT,
    answer TEXT NOT NULL,
    reversal TEXT NOT NULL          -- the decision that carries it out, or ''
); -- clustered
CREATE UNIQUE INDEX complaint_once ON complaint (decision, by_user, filing);
CREATE INDEX complaint_open ON complaint (filed_at) WHERE state = 'open';
CREATE INDEX complaint_time ON complaint (filed_at);
