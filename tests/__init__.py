"""Tests of monitor and firmware_sim; they read what is said in English, whatever language this computer speaks."""

import os

os.environ["LC_ALL"] = "C.UTF-8"
