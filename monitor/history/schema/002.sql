-- What the sensor has seen of exercises, and what the wearer has said about themselves; both stay in this file.

CREATE TABLE exercises (
    wearer_id INTEGER NOT NULL REFERENCES wearers,
    id TEXT NOT NULL,
    alert_id TEXT,
    exercise_id TEXT NOT NULL,
    start_s REAL NOT NULL,
    end_s REAL NOT NULL,
    repetitions INTEGER NOT NULL,
    hold_s REAL NOT NULL,
    seen TEXT NOT NULL,
    PRIMARY KEY (wearer_id, id)
);
CREATE INDEX exercises_by_time ON exercises (wearer_id, start_s);

CREATE TABLE readiness (
    wearer_id INTEGER PRIMARY KEY REFERENCES wearers,
    answered_s REAL NOT NULL,
    conditions TEXT NOT NULL
);

PRAGMA user_version = 2;
