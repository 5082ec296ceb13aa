"""Enum values as people write them."""


def full_name(prefix, value):
    """The full name of a short one: "indirect" is QUOTE_KIND_INDIRECT; numbers and full names stay as they are."""
    if not isinstance(value, str) or value.startswith(prefix):
        return value
    return prefix + value.upper().replace(" ", "_")
