"""StarlingX in a box: a stateful fake of its APIs, held to recordings of the real ones.

``System`` is one StarlingX, pure and synchronous; ``serve`` puts many of them behind one HTTP port; ``simulate`` is
what ``stxr simulate`` runs. The fake imports nothing of the code that it tests but ``model`` and ``desired``.
"""
