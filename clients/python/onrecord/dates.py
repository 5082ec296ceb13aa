"""Dates as text: "2007", "2007-11", "2007-11-21"; intervals with two dots, either end open: "2007..2009", "..2009".

A pair says the same: ("2007", "2009"), (None, "2009")."""
import datetime
import re

from google.protobuf.timestamp_pb2 import Timestamp

from onrecord import pb


def partial_date(date):
    """A pb.PartialDate from text, a datetime.date, or one already. What is not a date raises ValueError."""
    if isinstance(date, pb.PartialDate):
        return date
    if isinstance(date, datetime.date):
        return pb.PartialDate(year=date.year, month=date.month, day=date.day)
    match = re.fullmatch(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", date, re.ASCII)
    if not match:
        raise ValueError(f'"{date}" is no date: write 2007, 2007-11 or 2007-11-21')
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        datetime.date(year, month if match[2] else 1, day if match[3] else 1)
    except ValueError as error:
        raise ValueError(f'"{date}" is no date: {error}') from None
    return pb.PartialDate(year=year, month=month, day=day)


def _ends(dates):
    """The two ends of an interval as partial dates, None where open."""
    if isinstance(dates, (tuple, list)):
        begin, end = dates
    elif isinstance(dates, str):
        begin, dots, end = dates.partition("..")
        if not dots:
            end = begin
    else:
        begin = end = dates
    if not (begin or end):
        raise ValueError(f'"{dates}" has no date in it: write 2007, 2007..2009, 2007.. or ..2009')
    return partial_date(begin) if begin else None, partial_date(end) if end else None


def interval(dates, include_possible=False):
    """A pb.DateInterval to ask for, from text, a pair, a date, or one already."""
    if isinstance(dates, pb.DateInterval):
        return dates
    begin, end = _ends(dates)
    return pb.DateInterval(**{"from": begin, "to": end}, include_possible=include_possible)


def uncertain_date(dates, printed="", basis=pb.DATE_BASIS_UNSPECIFIED):
    """A pb.UncertainDate to record, from text, a pair or a date."""
    begin, end = _ends(dates)
    return pb.UncertainDate(**{"from": begin, "to": end}, printed=printed, basis=basis)


def moment(time):
    """A Timestamp from a datetime.datetime with a time zone, or one already; None stays None."""
    if time is None or isinstance(time, Timestamp):
        return time
    if not isinstance(time, datetime.datetime):
        raise ValueError(f"{time!r} is no datetime.datetime")
    if time.utcoffset() is None:
        raise ValueError(f"{time!r} has no time zone: datetime.datetime(2024, 5, 1, tzinfo=datetime.timezone.utc) has")
    made = Timestamp()
    made.FromDatetime(time.astimezone(datetime.timezone.utc).replace(tzinfo=None))
    return made
