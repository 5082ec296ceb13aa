"""What a call raises when it is refused or does not get through."""
import collections

import grpc

from onrecord import pb

FieldViolation = collections.namedtuple("FieldViolation", ["field", "description"])


class OnrecordError(Exception):
    """A call that failed.

    code         grpc.StatusCode
    reason       a name of errors.proto without its prefix, "QUOTE_NOT_FOUND"; "" where no server answered
    message      for people: what is wrong and what to do
    fields       [FieldViolation(field, description)], every field that is wrong
    metadata     {name: value}, each word of the message that varies
    retry_after  seconds to wait before the same call may succeed; None where waiting does not help
    """

    def __init__(self, code, message, reason="", fields=(), metadata=None, retry_after=None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.reason = reason
        self.fields = list(fields)
        self.metadata = dict(metadata or {})
        self.retry_after = retry_after

    def __str__(self):
        # The message tells the first violation itself.
        others = self.fields if len(self.fields) > 1 else ()
        return f"{self.message} [{self.reason or self.code.name}]" + "".join(
            f"\n  {field}: {description}" for field, description in others)

    @classmethod
    def of(cls, error, address):
        """From what gRPC raises."""
        made = cls(error.code(), error.details() or error.code().name)
        for key, value in error.trailing_metadata() or ():
            if key == "grpc-status-details-bin":
                made._read(pb.RpcStatus.FromString(value))
        if not made.reason and made.code == grpc.StatusCode.UNAVAILABLE:
            made.message = f"no server answers at {address} ({made.message}); is ONRECORD_ADDRESS right?"
        return made

    def _read(self, status):
        # The details travel under google.rpc's type names, so Any.Unpack would refuse them.
        for detail in status.details:
            kind = detail.type_url.rpartition("/")[2]
            if kind == "google.rpc.ErrorInfo":
                info = pb.ErrorInfo.FromString(detail.value)
                self.reason, self.metadata = info.reason, dict(info.metadata)
            elif kind == "google.rpc.BadRequest":
                violations = pb.BadRequest.FromString(detail.value).field_violations
                self.fields = [FieldViolation(violation.field, violation.description) for violation in violations]
            elif kind == "google.rpc.RetryInfo":
                delay = pb.RetryInfo.FromString(detail.value).retry_delay
                self.retry_after = delay.seconds + delay.nanos * 1e-9
