"""How people write where a secret is: a scheme, and what it needs to find it. Forms only; nothing is looked up here."""

from __future__ import annotations

ENVIRONMENT = r"env:[A-Za-z_][A-Za-z0-9_]*"
FILE = r"file:.+"
SOPS = r"sops:[^#]+#[^#]+"  # a file and the path of a key in it
# A mount, a path below it, and a key of the secret there. No step begins with a dot: `..` would lead out of the mount.
VAULT = r"vault:[^/#.\s][^/#\s]*(/[^/#.\s][^/#\s]*)+#[^#]+"

# A file of the site-config repository, from its root. No step is `.` or `..`.
COMMITTED = r"sops:\.?[^/#.][^/#]*(/\.?[^/#.][^/#]*)*#[^#]+"

ANY = rf"^({ENVIRONMENT}|{FILE}|{SOPS}|{VAULT})$"
IN_WORDS = "env:NAME, file:PATH, sops:PATH#KEY or vault:MOUNT/PATH#KEY"

# What a document of the site-config repository may say. A relative path is of the repository: the commit that is
# rendered has the file, encrypted; it is on no disk.
IN_DOCUMENTS = rf"^({ENVIRONMENT}|file:/.+|sops:/[^#]+#[^#]+|{COMMITTED}|{VAULT})$"
IN_DOCUMENTS_IN_WORDS = "env:NAME, file:/path, sops:path#key or vault:mount/path#key"
