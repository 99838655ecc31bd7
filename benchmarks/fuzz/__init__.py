"""Seeded nonsense for everything that bytes from outside reach: only the declared error may come out.

    python -m benchmarks.fuzz [--inputs 100000] [--seconds 60] [--seed 1] [--only polar,commands]

Every driver has a talk that was recorded from the simulator (`talks.py`); between its packets come the same and
published ones mutated, cut off, put together and lengthened, plain noise, actions that fail, ticks, alerts, lost links
and leaps of the clock. It may refuse a packet with DecodeError and do nothing else that is an error, and the samples
that it delivers must be fit for the stages behind it. Commands go through the MQTT ear into a living pipeline, each
must get exactly one answer; settings, recordings, packet logs and the door of the web page likewise. A failure
prints the target, the seed and the number of the input, which make it happen again.
"""
