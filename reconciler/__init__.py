"""GitOps for StarlingX distributed clouds."""

__version__ = "0.1.0"
