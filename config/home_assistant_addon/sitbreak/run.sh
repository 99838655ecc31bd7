#!/usr/bin/with-contenv bashio
# The add-on's options become settings in the environment; a sitbreak.toml in the add-on's folder says all else.
set -e

wearer=$(bashio::config 'wearer')
name=${wearer^^}
export "SITBREAK_WEARERS__${name}__WEARABLE=$(bashio::config 'wearable')"
export "SITBREAK_WEARERS__${name}__PLACEMENT=$(bashio::config 'placement')"
if bashio::config.has_value 'address'; then
    export "SITBREAK_WEARERS__${name}__ADDRESS=$(bashio::config 'address')"
fi
export SITBREAK_COACH__LIMIT_S=$(bashio::config 'limit_min' | awk '{ print 60 * $1 }')
export SITBREAK_COACH__LANGUAGE=$(bashio::config 'language')
export SITBREAK_MQTT__HOST=$(bashio::services mqtt 'host')
export SITBREAK_MQTT__PORT=$(bashio::services mqtt 'port')
export SITBREAK_MQTT__USERNAME=$(bashio::services mqtt 'username')
export SITBREAK_MQTT__PASSWORD=$(bashio::services mqtt 'password')
export SITBREAK_STATE_DIR=/data

settings=()
if bashio::fs.file_exists /config/sitbreak.toml; then
    settings=(--config /config/sitbreak.toml)
fi
exec /opt/sitbreak/bin/sitbreak run "${settings[@]}"
