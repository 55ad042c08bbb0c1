"""Where verdicts are told besides metrics, events and the API; each is opted into."""
