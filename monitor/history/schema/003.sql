-- How each wearer stands at the MQTT broker, so that it can be taken back when it changes; outlives the wearer's books.

CREATE TABLE announcements (
    node_id TEXT PRIMARY KEY,
    base TEXT NOT NULL,
    prefix TEXT NOT NULL,
    form TEXT NOT NULL
);

PRAGMA user_version = 3;
