"""Days to be worn, as TOML files."""
