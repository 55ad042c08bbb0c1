"""GitOps for StarlingX distributed clouds."""
