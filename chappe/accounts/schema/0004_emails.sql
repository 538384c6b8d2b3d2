-- Mail addresses of accounts, and how they are confirmed. In the register, since an address has one account.

CREATE TABLE email_address (
    address TEXT PRIMARY KEY,      -- in small letters
    user_id TEXT NOT NULL,
    language TEXT NOT NULL,        -- in which letters are written
    validated_at BIGINT NOT NULL,
    added_at BIGINT NOT NULL
); -- clustered
CREATE INDEX email_address_user ON email_address (user_id);

CREATE TABLE email_session (
    sid TEXT PRIMARY KEY,          -- hash of purpose, address and client secret
    purpose TEXT NOT NULL,         -- add, register, reset
    address TEXT NOT NULL,
    secret_hash BYTEA NOT NULL,    -- SHA-256 of the client secret
    user_id TEXT NOT NULL,         -- whose password is reset, or who adds it; empty where nobody is known
    language TEXT NOT NULL,
    send_attempt BIGINT NOT NULL,
    token_hash BYTEA,              -- SHA-256 of what is in the link; NULL when there is nothing to confirm
    next_link TEXT,                -- where the client wishes the person to go on
    validated_at BIGINT,
    expires_at BIGINT NOT NULL
); -- clustered
CREATE INDEX email_session_token ON email_session (token_hash);
CREATE INDEX email_session_expiry ON email_session (expires_at);

ALTER TABLE uia_session ADD COLUMN email_sid TEXT;  -- the session of the address that was confirmed
