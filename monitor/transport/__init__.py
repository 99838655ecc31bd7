"""The air, where bleak lives: which stack (``radio``), who is near (``scanner``), one wearer's link (``ble``)."""
