"""StarlingX in a box: a stateful fake of its APIs, held to recordings of the real ones.

- ``system.System`` is one StarlingX: pure, synchronous, its time a value (``handle``, ``advance``).
- ``server.serve`` puts many of them behind one HTTP port, with Keystone, TLS and the control API.
- ``run.simulate`` is what ``stxr simulate`` runs; ``run.simulated`` the same as a context, for tests.

The fake imports nothing of the code that it tests but ``model`` and ``desired``, or its errors would be ours.
"""
