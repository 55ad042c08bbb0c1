"""A site's files → its merged documents and settings, every value with the place where it was written. Pure."""

from reconciler.desired.attributes import Attribute, attributes, is_at, words_at
from reconciler.desired.boards import board_places, board_url, boot_macs
from reconciler.desired.declaration import fleet_part, layers_of, load_fleet
from reconciler.desired.deployable import undeployable
from reconciler.desired.explanation import Explained, explain, explained
from reconciler.desired.files import FLEET, Parse, Parsed, parse_blob
from reconciler.desired.former_names import claims, disputes
from reconciler.desired.json_schemas import schemas
from reconciler.desired.ordered import deployment_documents, value_files
from reconciler.desired.own_values import SECTIONS
from reconciler.desired.paths import sites_in
from reconciler.desired.rendering import render_values, render_yaml
from reconciler.desired.said import said
from reconciler.desired.schema_forms import described, dialect
from reconciler.desired.secret_places import SecretNamed, secrets_named
from reconciler.desired.settings import DriftAlarms, Fleet
from reconciler.desired.site_loader import load_site
from reconciler.desired.subcloud_ranges import BOARD, Meeting, Range, boards, meetings, of_row, of_values, ranges
from reconciler.model.subcloud_keys import SET_BY_DCMANAGER, Later, class_of, classes, edited

__all__ = [
    "BOARD",
    "FLEET",
    "SECTIONS",
    "SET_BY_DCMANAGER",
    "Attribute",
    "DriftAlarms",
    "Explained",
    "Fleet",
    "Later",
    "Meeting",
    "Parse",
    "Parsed",
    "Range",
    "SecretNamed",
    "attributes",
    "board_places",
    "board_url",
    "boards",
    "boot_macs",
    "claims",
    "class_of",
    "classes",
    "deployment_documents",
    "described",
    "dialect",
    "disputes",
    "edited",
    "explain",
    "explained",
    "fleet_part",
    "is_at",
    "layers_of",
    "load_fleet",
    "load_site",
    "meetings",
    "of_row",
    "of_values",
    "parse_blob",
    "ranges",
    "render_values",
    "render_yaml",
    "said",
    "schemas",
    "secrets_named",
    "sites_in",
    "undeployable",
    "value_files",
    "words_at",
]
