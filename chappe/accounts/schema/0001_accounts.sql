-- Accounts. In the register: account, accepted_terms, registration_token, uia_session, registration_nonce,
-- owner_code. In the shard of their user: device, access_token, refresh_token, login_token, profile,
-- account_data, filter.

CREATE TABLE account (
    user_id TEXT PRIMARY KEY,
    password_hash TEXT,           -- argon2id; NULL for guests and deactivated accounts
    created_at BIGINT NOT NULL,
    is_guest BIGINT NOT NULL,
    is_operator BIGINT NOT NULL,
    approved BIGINT NOT NULL,     -- 0 while the account waits for an operator's approval
    deactivated_at BIGINT         -- the row stays for ever, so that nobody can take the name later
);
CREATE INDEX account_waiting ON account (created_at) WHERE approved = 0;
CREATE INDEX account_operator ON account (user_id) WHERE is_operator = 1;

CREATE TABLE accepted_terms (
    user_id TEXT NOT NULL,
    policy TEXT NOT NULL,
    version TEXT NOT NULL,
    accepted_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, policy, version)
); -- clustered

CREATE TABLE registration_token (
    token TEXT PRIMARY KEY,       -- in plain text: operators read it out of the list to pass it on
    uses_allowed BIGINT,          -- NULL: any number
    completed BIGINT NOT NULL,    -- how many accounts were registered with it
    expires_at BIGINT,
    created_at BIGINT NOT NULL
); -- clustered

CREATE TABLE uia_session (
    hash BYTEA PRIMARY KEY,       -- SHA-256 of the session id
    user_id TEXT NOT NULL,        -- who asks; empty at registration
    operation TEXT NOT NULL,      -- method and path
    body_seal BYTEA,              -- HMAC of the request's body under the session id, from the first completed stage on
    completed TEXT NOT NULL,      -- the stages, in order, with a space between
    registration_token TEXT,
    expires_at BIGINT NOT NULL
); -- clustered
CREATE INDEX uia_session_expiry ON uia_session (expires_at);

CREATE TABLE registration_nonce (
    hash BYTEA PRIMARY KEY,
    expires_at BIGINT NOT NULL
); -- clustered

CREATE TABLE owner_code (
    hash BYTEA PRIMARY KEY,
    expires_at BIGINT NOT NULL
); -- clustered

CREATE TABLE device (
    user_id TEXT NOT NULL,
    device_id TEXT NOT NULL,
    display_name TEXT,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL, -- some minutes late, for the sake of the disk
    PRIMARY KEY (user_id, device_id)
); -- clustered

CREATE TABLE access_token (
    user_id TEXT NOT NULL,
    hash BYTEA NOT NULL,          -- SHA-256
    device_id TEXT NOT NULL,
    is_guest BIGINT NOT NULL,
    generation BIGINT NOT NULL,   -- counts refreshes of the device's login
    confirmed BIGINT NOT NULL,    -- 0 until first used after a refresh; then the generations before it end
    expires_at BIGINT,
    PRIMARY KEY (user_id, hash)
); -- clustered

CREATE TABLE refresh_token (
    user_id TEXT NOT NULL,
    hash BYTEA NOT NULL,
    device_id TEXT NOT NULL,
    generation BIGINT NOT NULL,
    PRIMARY KEY (user_id, hash)
); -- clustered

CREATE TABLE login_token (
    user_id TEXT NOT NULL,
    hash BYTEA NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, hash)
); -- clustered

CREATE TABLE profile (
    user_id TEXT NOT NULL,
    key TEXT NOT NULL,
    value BYTEA NOT NULL,         -- JSON
    PRIMARY KEY (user_id, key)
); -- clustered

CREATE TABLE account_data (
    user_id TEXT NOT NULL,
    room_id TEXT NOT NULL,        -- empty for what belongs to the account as a whole
    type TEXT NOT NULL,
    content BYTEA NOT NULL,
    place BIGINT NOT NULL,        -- in the user's shard, of the last change
    PRIMARY KEY (user_id, room_id, type)
); -- clustered
CREATE INDEX account_data_place ON account_data (user_id, place);

CREATE TABLE filter (
    user_id TEXT NOT NULL,
    filter_id TEXT NOT NULL,      -- a hash of the definition: the same filter twice is one
    definition BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, filter_id)
); -- clustered
