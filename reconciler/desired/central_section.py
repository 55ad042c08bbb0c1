"""`central` of fleet.yaml: what the central cloud is to have beside its subclouds. Strict: every key is known.

Limits are those of starlingx/distcloud dcmanager/api/controllers/v1/subcloud_group.py and sw_update_options.py, and
validate_name of dcmanager/common/utils.py.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field, StrictStr
from pydantic.alias_generators import to_camel

from reconciler.desired.fields import Own
from reconciler.model.central import SCRATCH_GROUP

SPECIAL = ".*+?|()[]{}^$"
DEFAULT = "Default"


def _is_name(text: str) -> str:
    """As dcmanager takes names: it knows numbers apart from names, and looks for names by regular expressions."""
    if not text or text.isdigit() or len(text) > 255 or set(text) & set(SPECIAL):
        raise ValueError(f"must be a name of at most 255 characters, no number, without any of {SPECIAL}")
    return text


def _is_group(text: str) -> str:
    if text == SCRATCH_GROUP:
        raise ValueError("is the group that this program puts subclouds into while it updates them: take another name")
    if text.lower() == DEFAULT.lower() and text != DEFAULT:
        raise ValueError(f"is refused by dcmanager, which has a group {DEFAULT}: take another name, or that one")
    return text


PlainName = Annotated[str, AfterValidator(_is_name)]
GroupName = Annotated[str, AfterValidator(_is_name), AfterValidator(_is_group)]


class _Said(Own):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=False)


class SubcloudGroup(_Said):
    """A group of dcmanager, by which its strategies go."""

    description: Annotated[StrictStr, Field(min_length=1, max_length=254)] | None = Field(
        default=None, description="The group in a few words; its name where it is made without."
    )
    update_apply_type: Literal["parallel", "serial"] | None = Field(
        default=None, description="How a strategy goes through its subclouds; `parallel` where it is made without."
    )
    max_parallel_subclouds: Annotated[int, Field(ge=1, le=5000, strict=True)] | None = Field(
        default=None, description="How many of them at a time; 2 where it is made without."
    )


class UpdateOptions(_Said):
    """How the VIMs of sites go through their hosts in dcmanager's strategies: all five, as dcmanager takes them."""

    storage_apply_type: Literal["parallel", "serial"] = Field(description="How storage hosts are gone through.")
    worker_apply_type: Literal["parallel", "serial"] = Field(description="How workers are gone through.")
    max_parallel_workers: Annotated[int, Field(ge=1, strict=True)] = Field(description="How many workers at a time.")
    alarm_restriction_type: Literal["strict", "relaxed"] = Field(
        description="Whether alarms that do not affect management stop it, too."
    )
    default_instance_action: Literal["migrate", "stop-start"] = Field(description="What becomes of virtual machines.")


class CentralSection(_Said):
    """What dcmanager is to have beside its subclouds; what is not said stays as it is."""

    site: StrictStr | None = Field(
        default=None,
        description="The folder in subclouds/ that is the system controller; that of `rollout.central` without.",
    )
    groups: dict[GroupName, SubcloudGroup] = Field(
        default_factory=dict,
        description="Groups of dcmanager, by name. Said at all, a group that a site's `subcloud.group` names has to be here.",
    )
    update_options: UpdateOptions | None = Field(
        default=None,
        description="How sites' hosts are gone through in strategies, for all that have no options of their own.",
    )
    update_options_of: dict[StrictStr, UpdateOptions] = Field(
        default_factory=dict, description="The same of single subclouds, by name."
    )
