"""What requests are made of: filters in plain Python, and ids that make changes safe to repeat."""
import uuid

from onrecord import pb
from onrecord.dates import interval
from onrecord.enums import full_name

_ENUM_PREFIXES = {"kinds": "QUOTE_KIND_", "polarities": "POLARITY_", "states": "QUOTE_STATE_", "positions": "POSITION_"}
_INTERVALS = ("said", "published", "held")


def quote_filter(filter=None, **fields):
    """A pb.QuoteFilter: the one given, with fields set by name in plain Python: said="2007..2009" or ("2007", "2009"),
    kinds=["direct"], claims=["claims/taxes-rose"], positions=["denies"]."""
    return _filter(pb.QuoteFilter, filter, fields)


def stance_filter(filter=None, **fields):
    """A pb.StanceFilter, made the same way: claims, topics, holders, positions, quotes, held, include_ascribed."""
    return _filter(pb.StanceFilter, filter, fields)


def _filter(kind, filter, fields):
    made = kind()
    if filter is not None:
        made.CopyFrom(filter)
    for name in _INTERVALS:
        if fields.get(name) is not None:
            fields[name] = interval(fields[name])
    for name, prefix in _ENUM_PREFIXES.items():
        if fields.get(name) is not None:
            fields[name] = [full_name(prefix, value) for value in fields[name]]
    made.MergeFrom(kind(**fields))
    return made


def new_request_id():
    return uuid.uuid4().hex
