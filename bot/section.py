"""A table of the settings."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Frozen, with no key that is not known, and no space around a text."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
