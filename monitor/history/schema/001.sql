-- The books of every wearer. Times are seconds since the Unix epoch (stream time).
-- `opened_at_s` and `closed_at_s` are the times at which a record's first and last event were decided.
-- `revision` counts the corrections that changed a record.

CREATE TABLE wearers (
    wearer_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    node_id TEXT NOT NULL UNIQUE
);

CREATE TABLE posture_runs (
    wearer_id INTEGER NOT NULL REFERENCES wearers,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    posture INTEGER NOT NULL,
    worn INTEGER NOT NULL,
    confidence REAL NOT NULL,
    PRIMARY KEY (wearer_id, start_s)
) WITHOUT ROWID;

CREATE TABLE bouts (
    wearer_id INTEGER NOT NULL REFERENCES wearers,
    id TEXT NOT NULL,
    start_s REAL NOT NULL,
    end_s REAL,
    sedentary_s REAL NOT NULL DEFAULT 0,
    paused_s REAL NOT NULL DEFAULT 0,
    unknown_s REAL NOT NULL DEFAULT 0,
    ended_by TEXT,
    opened_at_s REAL NOT NULL,
    closed_at_s REAL,
    revision INTEGER NOT NULL DEFAULT 0,
    corrected INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (wearer_id, id)
);
CREATE INDEX bouts_by_time ON bouts (wearer_id, start_s);

CREATE TABLE breaks (
    wearer_id INTEGER NOT NULL REFERENCES wearers,
    id TEXT NOT NULL,
    bout_id TEXT,
    start_s REAL NOT NULL,
    end_s REAL,
    upright_s REAL NOT NULL DEFAULT 0,
    stepping_s REAL NOT NULL DEFAULT 0,
    steps INTEGER NOT NULL DEFAULT 0,
    taken INTEGER NOT NULL DEFAULT 0,
    opened_at_s REAL NOT NULL,
    closed_at_s REAL,
    revision INTEGER NOT NULL DEFAULT 0,
    corrected INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (wearer_id, id)
);
CREATE INDEX breaks_by_time ON breaks (wearer_id, start_s);

CREATE TABLE gaps (
    wearer_id INTEGER NOT NULL REFERENCES wearers,
    id TEXT NOT NULL,
    start_s REAL NOT NULL,
    end_s REAL,
    reason TEXT NOT NULL,
    opened_at_s REAL NOT NULL,
    closed_at_s REAL,
    revision INTEGER NOT NULL DEFAULT 0,
    corrected INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (wearer_id, id)
);
CREATE INDEX gaps_by_time ON gaps (wearer_id, start_s);

CREATE TABLE alerts (
    wearer_id INTEGER NOT NULL REFERENCES wearers,
    id TEXT NOT NULL,
    bout_id TEXT NOT NULL,
    first_at_s REAL NOT NULL,
    last_at_s REAL NOT NULL,
    due_s REAL NOT NULL,
    sedentary_s REAL NOT NULL,
    limit_s REAL NOT NULL,
    repeats INTEGER NOT NULL,
    level INTEGER NOT NULL,
    why_now TEXT NOT NULL,
    confidence REAL NOT NULL,
    exercise_id TEXT,
    exercise_title TEXT,
    exercise_dose TEXT,
    cleared_at_s REAL,
    cleared_by TEXT,
    PRIMARY KEY (wearer_id, id)
);
CREATE INDEX alerts_by_time ON alerts (wearer_id, first_at_s);

CREATE TABLE events (
    wearer_id INTEGER NOT NULL REFERENCES wearers,
    id TEXT NOT NULL,
    at_s REAL NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    corrected INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (wearer_id, id)
);
CREATE INDEX events_by_time ON events (wearer_id, at_s);

CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    wearer_id INTEGER NOT NULL REFERENCES wearers,
    outlet TEXT NOT NULL,
    stored_s REAL,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'refused', 'expired')),
    reason TEXT,
    topic TEXT NOT NULL,
    payload TEXT NOT NULL,
    retain INTEGER NOT NULL,
    qos INTEGER NOT NULL,
    expires_s REAL,
    event_id TEXT,
    properties TEXT NOT NULL
);
CREATE INDEX outbox_waiting ON outbox (outlet, number) WHERE state = 'pending';

CREATE TABLE checkpoints (
    wearer_id INTEGER PRIMARY KEY REFERENCES wearers,
    body TEXT NOT NULL
);

PRAGMA user_version = 1;
