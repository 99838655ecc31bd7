"""The wearables that can be simulated, one file each; the table is in `firmware_sim.peripheral`."""
