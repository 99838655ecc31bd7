"""The words of the coach: it invites, it never orders or shames, there is always an easier way and a later time.

No promise of treatment or prevention, no word on health or "correct form".
"""

from __future__ import annotations

from monitor.model import Posture

MESSAGE_MAX = 199
"""Characters: what a watch or a locked phone still shows whole."""

SAFETY = (
    "A mild pull at most, never pain. Move slowly, keep breathing, no bouncing. Please stop at sharp or growing pain,"
    " numbness, tingling, dizziness, chest pain or unusual breathlessness; chest pain, fainting or sudden weakness"
    " need emergency help."
)
"""To be shown wherever an exercise is shown at length."""

SEE_A_PROFESSIONAL = (
    "Please see a professional if low back pain lasts or gets worse, if pain spreads from the low back towards the"
    " upper back or neck, with spasms, if the hip has lost much of its movement, or with known hip arthritis, an"
    " abscess or bursitis of the iliopsoas."
)
"""Said once after "this hurts"; the program never diagnoses."""

CLEARS = "Standing or walking, as soon as the sensor has seen it for long enough."

TITLES = {
    "opportune": "A good moment for a break?",
    "limit": "Time for a break?",
    "repeat": "Still time for a break",
}

SEATED_OFFER = "a change of position and some easy movement, seated"
"""For those who cannot stand: a seated goal, never a call to get up."""

SILENCES = {
    "quiet_hours": "these are your quiet hours",
    "paused": "alerts are paused",
    "busy": "you are busy",
    "snoozed": "you asked for a later time",
    "skipped": "you skipped this one",
    "done": "you have answered and the sensor is given time to see the break",
    "wrong": "you said that you were not sitting",
    "daily_cap": "the number of alerts for today is reached",
    "low_confidence": "the sensor is not sure enough of your posture",
    "stale": "the data came too late",
    "settling": "the posture has only just been seen",
    "rested": "you have been called often enough in this bout",
    **{posture.word: f"you are seen as {posture.word.replace('_', ' ')}" for posture in Posture},
}
"""Why the coach keeps silent, by the reason of ``AlertWithheld``; completes "Silent because"."""


def duration_text(duration_s: float) -> str:
    """A length of time in words: ``45 seconds``, ``1 minute``, ``30 minutes``, ``1 hour 35 minutes``."""
    if duration_s < 59.5:
        return _counted(round(duration_s), "second")
    hours, minutes = divmod(round(duration_s / 60), 60)
    if hours == 0 or (hours == 1 and minutes < 30):
        return _counted(60 * hours + minutes, "minute")
    return _counted(hours, "hour") + (f" {_counted(minutes, 'minute')}" if minutes else "")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def title_text(why_now: str) -> str:
    """The headline of a call."""
    return TITLES[why_now]


def message_text(posture: Posture, sedentary_s: float, offer: str, easier: str) -> str:
    """The call itself, under 200 characters: what was seen, an offer, an easier way, a later time."""
    seen = "Lying" if posture == Posture.LYING else "Seated"
    invitation = f"{seen} for {duration_text(sedentary_s)}. Fancy {offer}?"
    later = " Later is fine, too."
    for ending in (f" Easier: {easier}.{later}" if easier else later, later):
        if len(invitation + ending) <= MESSAGE_MAX:
            return invitation + ending
    return invitation[:MESSAGE_MAX]
