"""Who is told besides metrics, alarms and the API. A notifier is one file: its settings, and how it says a notice."""
