-- Clocks of the law that run, and who was alarmed. In the register.

CREATE TABLE clock (
    id TEXT PRIMARY KEY,
    rule TEXT NOT NULL,
    subject TEXT NOT NULL,          -- whose it is: 'order 12'
    started_at BIGINT NOT NULL,     -- when what starts it came; never changed
    zone TEXT NOT NULL,             -- IANA: of the authority
    due_at BIGINT,                  -- computed; NULL: an event alone ends it
    paused_at BIGINT,               -- since when it stands still, or NULL
    paused_ms BIGINT NOT NULL,      -- how long it stood still before
    extended TEXT NOT NULL,         -- JSON: the rules that made it longer
    stopped_at BIGINT,
    stopped_by TEXT NOT NULL,       -- what ended it, or ''
    acknowledged_by TEXT NOT NULL,  -- who answers the alarms, or ''
    next_alarm_at BIGINT,
    alarms BIGINT NOT NULL          -- how many were given
); -- clustered
CREATE INDEX clock_subject ON clock (subject);
CREATE INDEX clock_due ON clock (due_at) WHERE stopped_at IS NULL;
CREATE INDEX clock_alarm ON clock (next_alarm_at) WHERE stopped_at IS NULL AND next_alarm_at IS NOT NULL;

CREATE TABLE clock_entry (
    clock TEXT NOT NULL,
    position BIGINT NOT NULL,
    at BIGINT NOT NULL,
    what TEXT NOT NULL,             -- started, paused, resumed, extended, stopped, alarm, acknowledged
    actor TEXT NOT NULL,
    about TEXT NOT NULL,            -- a reason, or who was alarmed
    PRIMARY KEY (clock, position)
); -- clustered
