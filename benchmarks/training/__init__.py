"""How the small parameter files of the weaker placements are made, and checked on people who were left out."""
