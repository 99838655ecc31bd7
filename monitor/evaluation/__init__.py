"""How often the program is right: labelled recordings of real people through the live path, second by second.

``labelled`` reads, ``truth`` says what the labels state, ``trial`` runs the program, ``scores`` counts (with
``stretches``, ``alerts`` and ``calibration``), ``campaign`` sums over people and orientations, ``tables`` and
``figure`` show. Only ``labelled`` and ``figure`` touch files; the definitions stand where they are computed.
"""
