-- The yearly report: what staff wrote for it, and every version that was published. Nothing of it is changed or removed.

CREATE TABLE report_text (
    year BIGINT NOT NULL,
    what TEXT NOT NULL,             -- which text of part 11, or which figure that nobody counts here
    text TEXT NOT NULL,
    written_by TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    PRIMARY KEY (year, what)
); -- clustered

CREATE TABLE report_version (
    year BIGINT NOT NULL,
    version BIGINT NOT NULL,        -- counts up from 1
    published_at BIGINT NOT NULL,
    published_by TEXT NOT NULL,
    reason TEXT NOT NULL,           -- of a second version: what is corrected
    decisions BIGINT NOT NULL,      -- how many decisions it is about
    PRIMARY KEY (year, version)
); -- clustered

CREATE TABLE report_part (
    year BIGINT NOT NULL,
    version BIGINT NOT NULL,
    part BIGINT NOT NULL,
    csv BYTEA NOT NULL,
    PRIMARY KEY (year, version, part)
);

CREATE TABLE month_figures (
    month TEXT PRIMARY KEY,         -- 2026-05
    figures TEXT NOT NULL,          -- JSON: counts, exact; they are rounded when they are shown
    counted_at BIGINT NOT NULL
); -- clustered
