"""The Thingy:52 in words."""

from __future__ import annotations

from monitor.wearables.base import About

ABOUT = About(
    title="Nordic Thingy:52",
    products=("Nordic Thingy:52 with firmware 2.x",),
    placements=("thigh", "waist", "pocket", "lower_back", "chest"),
    rate="5 to 60 a second; 25 unless set otherwise",
    clock="it sends no times and no numbers: times are reconstructed by counting, good to about 0.1 s; a lost"
    " sample shows only when several are missing, and what happens out of reach is not kept",
    alert="coloured light and a tone; one press of its button says that you take the break, two ask for a later time",
    pairing="",
    battery="days from its rechargeable cell (an estimate: raw motion keeps the gyroscope and the compass running)",
    wearing=(
        "On a strap around the middle of the thigh, or clipped to the belt; it may sit any way round.",
        "Keep its light where you can see it, or let it sound.",
    ),
    limits=(
        "No longer made, but easy to find second-hand.",
        "Out of reach for three minutes it would switch itself off and wake only when moved; we set it to stay"
        " findable for ever (`advertise_for_ever`), and it keeps that setting.",
        "The Thingy:53 speaks otherwise and is not supported.",
    ),
)
