"""Client for onrecord: who said what, when, and who printed it.

    import onrecord
    with onrecord.Client() as client:
        for quote in client.quotes(words='"climate change"', said="2001..2009"):
            print(quote.citation)

The messages are those of the API, onrecord.v1; `onrecord.pb` holds them all by their names.
"""
import pkgutil

# The generated onrecord/v1 lies in a directory of its own (clients/python/generate) and belongs to this package.
__path__ = pkgutil.extend_path(__path__, __name__)

try:
    from onrecord import pb
except ModuleNotFoundError as error:
    if error.name and error.name.startswith("onrecord.v1"):
        raise ImportError("the generated onrecord.v1 is not on PYTHONPATH: run clients/python/generate DIR and put DIR "
                          "on it") from None
    raise
from onrecord.client import DEFAULT_ADDRESS, Client
from onrecord.dates import interval, partial_date, uncertain_date
from onrecord.errors import FieldViolation, OnrecordError
from onrecord.imports import ImportRun, import_record

__all__ = ["DEFAULT_ADDRESS", "Client", "FieldViolation", "ImportRun", "OnrecordError", "import_record", "interval",
           "partial_date", "pb", "uncertain_date"]
