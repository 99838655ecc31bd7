"""MQTT in four: what to say, how to be found, how to send, and a broker to try it with."""
