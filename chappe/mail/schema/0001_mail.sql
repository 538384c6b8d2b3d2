-- Mail on its way out, and addresses that do not work. All in the register.

CREATE TABLE outgoing_mail (
    mail_id TEXT PRIMARY KEY,
    recipient TEXT NOT NULL,
    about TEXT NOT NULL,           -- the account that caused it; empty where nobody is known yet
    message BYTEA NOT NULL,        -- RFC 5322, as yet without DKIM; emptied when it was sent or given up
    made_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    next_try_at BIGINT             -- NULL: sent, or given up; the row then only counts for the limits
); -- clustered
CREATE INDEX outgoing_mail_due ON outgoing_mail (next_try_at) WHERE next_try_at IS NOT NULL;
CREATE INDEX outgoing_mail_recipient ON outgoing_mail (recipient, made_at);
CREATE INDEX outgoing_mail_about ON outgoing_mail (about, made_at);
CREATE INDEX outgoing_mail_made ON outgoing_mail (made_at);

CREATE TABLE bounced_address (
    address TEXT PRIMARY KEY,
    bounced_at BIGINT NOT NULL,
    reply TEXT NOT NULL            -- what the mail server said
); -- clustered
