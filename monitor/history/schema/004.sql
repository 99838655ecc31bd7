-- What became of alerts on their ways: the broker's word, and each push service's. No secret of an address stands here.

CREATE TABLE receipts (
    wearer_id INTEGER NOT NULL REFERENCES wearers,
    event_id TEXT NOT NULL,
    way TEXT NOT NULL,
    at_s REAL NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    alert_id TEXT,
    attempts INTEGER NOT NULL,
    handle TEXT NOT NULL,
    taken_back_s REAL,
    seen_s REAL,
    PRIMARY KEY (wearer_id, event_id, way)
);
CREATE INDEX receipts_by_time ON receipts (wearer_id, at_s);

PRAGMA user_version = 4;
