-- Staff. All in the register.

CREATE TABLE operator_role (
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    granted_by TEXT NOT NULL,     -- a user id, 'system' or 'machine'
    granted_at BIGINT NOT NULL,
    expires_at BIGINT,            -- NULL: until it is revoked
    PRIMARY KEY (user_id, role)
); -- clustered

CREATE TABLE operator_language (
    user_id TEXT NOT NULL,
    language TEXT NOT NULL,       -- BCP 47, small letters
    PRIMARY KEY (user_id, language)
); -- clustered

CREATE TABLE proposal (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,        -- canonical JSON
    digest TEXT NOT NULL,         -- SHA-256 of kind and payload: what the second person approves
    reason TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    session TEXT NOT NULL,        -- where it was proposed: SHA-256 of the session, the browser, and the device id, or ''
    browser TEXT NOT NULL,
    device_id TEXT NOT NULL,
    proposed_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    state TEXT NOT NULL,          -- open, approved, refused, withdrawn
    decided_by TEXT,
    decided_at BIGINT
); -- clustered
CREATE INDEX proposal_open ON proposal (expires_at) WHERE state = 'open';

CREATE TABLE owner_notice (
    user_id TEXT NOT NULL,
    proposal_id TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, proposal_id)
); -- clustered

CREATE TABLE console_session (
    hash TEXT PRIMARY KEY,        -- SHA-256 of the session's secret
    user_id TEXT NOT NULL,
    browser TEXT NOT NULL,        -- SHA-256 of the browser's secret
    password_seal TEXT NOT NULL,  -- SHA-256 of the stored password: another password ends the session
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
); -- clustered
CREATE INDEX console_session_user ON console_session (user_id);
CREATE INDEX console_session_expiry ON console_session (expires_at);

CREATE TABLE console_browser (
    user_id TEXT NOT NULL,
    browser TEXT NOT NULL,        -- SHA-256 of the browser's secret: two accounts that used one share a device
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, browser)
); -- clustered
CREATE INDEX console_browser_browser ON console_browser (browser, user_id);

-- Who was an operator before there were roles: the first is the owner, the others are administrators.
INSERT INTO operator_role (user_id, role, granted_by, granted_at)
SELECT a.user_id,
    CASE WHEN EXISTS (
        SELECT 1 FROM account b WHERE b.is_operator = 1 AND b.deactivated_at IS NULL
        AND (b.created_at < a.created_at OR (b.created_at = a.created_at AND b.user_id < a.user_id))
    ) THEN 'administrator' ELSE 'owner' END,
    'system', a.created_at
FROM account a WHERE a.is_operator = 1 AND a.deactivated_at IS NULL;
