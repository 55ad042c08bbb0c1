"""When and how often, and what is allowed; `reconcile.py` is the main path."""
