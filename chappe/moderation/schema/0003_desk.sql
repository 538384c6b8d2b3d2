-- The desk at work: finding cases fast, second reviews, many cases at once, what reviewers are shown, threats to life.

-- With its state, an index answers a count by itself.
CREATE INDEX moderation_case_oldest ON moderation_case (stream, opened_at, state) WHERE state = 'open';
CREATE INDEX moderation_case_language ON moderation_case (stream, language, priority, opened_at, number, state) WHERE state = 'open';
CREATE INDEX moderation_case_category ON moderation_case (stream, category, priority, opened_at, number) WHERE state = 'open';
CREATE INDEX moderation_case_by_author ON moderation_case (author, priority, opened_at, number) WHERE state = 'open';
CREATE INDEX moderation_case_by_room ON moderation_case (room_id, priority, opened_at, number) WHERE state = 'open';
CREATE INDEX moderation_case_room ON moderation_case (room_id, number);
CREATE INDEX moderation_case_claimed ON moderation_case (claimed_by, claimed_until) WHERE claimed_by <> '';
CREATE INDEX moderation_case_opened ON moderation_case (opened_at);
CREATE INDEX filing_flagger ON filing (flagger, filed_at) WHERE flagger <> '';

CREATE TABLE review_sample (
    decision TEXT PRIMARY KEY,      -- which is looked at a second time, by somebody who does not see it
    case_number BIGINT NOT NULL,
    why TEXT NOT NULL,              -- share: by chance; category: always looked at twice
    sampled_at BIGINT NOT NULL,
    judged_by TEXT NOT NULL,        -- or '' while it waits
    outcome TEXT NOT NULL,          -- what the second reviewer would have decided: restricted, no_action
    category TEXT NOT NULL,         -- and as what
    remark TEXT NOT NULL,
    agrees BIGINT,                  -- 1: with the decision
    at BIGINT                       -- when it was judged
); -- clustered
CREATE INDEX review_sample_waiting ON review_sample (sampled_at) WHERE judged_by = '';
CREATE INDEX review_sample_judged ON review_sample (at) WHERE judged_by <> '';

CREATE TABLE exposure (
    user_id TEXT NOT NULL,          -- a reviewer
    day BIGINT NOT NULL,            -- days since 1970, UTC
    items BIGINT NOT NULL,          -- how many cases they were shown
    media BIGINT NOT NULL,          -- how many pictures and films of them
    ms BIGINT NOT NULL,             -- how long they looked, as far as that is known
    since BIGINT NOT NULL,          -- when the present stretch without a break began
    last_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, day)
); -- clustered

CREATE INDEX exposure_day ON exposure (day);

CREATE TABLE reviewer (
    user_id TEXT PRIMARY KEY,
    avoids TEXT NOT NULL            -- JSON: the categories of which they want to be given no case
); -- clustered

CREATE TABLE bulk (
    id TEXT PRIMARY KEY,
    by_user TEXT NOT NULL,
    at BIGINT NOT NULL,
    verdict TEXT NOT NULL,          -- JSON: what is decided in each of its cases
    state TEXT NOT NULL,            -- running, done, undoing, undone
    undone_by TEXT NOT NULL,
    why_undone TEXT NOT NULL
); -- clustered
CREATE INDEX bulk_running ON bulk (at) WHERE state IN ('running', 'undoing');
CREATE INDEX bulk_time ON bulk (at);

CREATE TABLE bulk_case (
    bulk TEXT NOT NULL,
    case_number BIGINT NOT NULL,
    state TEXT NOT NULL,            -- waiting, decided, left, undone
    decision TEXT NOT NULL,
    why_left TEXT NOT NULL,         -- why nothing was decided, or undone
    PRIMARY KEY (bulk, case_number)
); -- clustered
CREATE INDEX bulk_case_state ON bulk_case (bulk, state, case_number);

CREATE TABLE sealed_opening (
    id TEXT PRIMARY KEY,            -- of the proposal
    case_number BIGINT NOT NULL,    -- of child safety
    user_id TEXT NOT NULL,          -- to whom it is opened
    approved_by TEXT NOT NULL,
    at BIGINT NOT NULL,
    until BIGINT NOT NULL
); -- clustered
CREATE INDEX sealed_opening_case ON sealed_opening (case_number, user_id, until);

CREATE TABLE threat_notice (
    id TEXT PRIMARY KEY,            -- what authorities are told of a threat to life or safety
    case_number BIGINT NOT NULL,
    by_user TEXT NOT NULL,
    at BIGINT NOT NULL,
    destination TEXT NOT NULL,      -- a Member State, ISO 3166-1, or EUROPOL
    concerned TEXT NOT NULL,        -- why that one: offence, suspect, victim, establishment, unknown
    summary TEXT NOT NULL,
    sent_at BIGINT,                 -- when it was handed over
    sent_by TEXT NOT NULL,
    sent_how TEXT NOT NULL
); -- clustered
CREATE INDEX threat_notice_case ON threat_notice (case_number, at);
