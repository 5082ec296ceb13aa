"""Imports: many records in, one result for each, nothing twice and nothing lost."""
import collections
import itertools
import queue
import random
import time
import uuid

import grpc

from onrecord import pb
from onrecord.enums import full_name
from onrecord.errors import OnrecordError

# A batch ends at 500 records (where bigger ones gain nothing) or before 1 MiB (the server takes 16).
_BATCH_RECORDS = 500
_BATCH_BYTES = 1 << 20
# Batches sent ahead of the answers: enough to keep the server busy, few enough to hold in memory.
_AHEAD = 4
# Waits between attempts: doubled from the first to the longest.
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 10.0
# After these the same stream may go through: the broken stream may still hold the import for a moment (ABORTED), and
# a batch that is in doubt (UNKNOWN, which gRPC also says by itself of a stream cut short) is passed over when it was
# stored, and one that had to wait too long in the server (DEADLINE_EXCEEDED) may not have to the next time.
_WORTH_REPEATING = frozenset((grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.ABORTED,
                              grpc.StatusCode.UNKNOWN, grpc.StatusCode.DEADLINE_EXCEEDED))

_PREFIXES = {"kind": "QUOTE_KIND_", "polarity": "POLARITY_", "resolution": "RESOLUTION_", "marks": "MARKS_",
             "source_terms": "SOURCE_TERMS_"}


def import_record(**fields):
    """A pb.ImportRecord; enum fields take numbers, full names or short ones (kind="indirect")."""
    for name, prefix in _PREFIXES.items():
        if name in fields:
            fields[name] = full_name(prefix, fields[name])
    return pb.ImportRecord(**fields)


class _Broken(Exception):
    """The server refused or went away. Kept apart from what the caller's records raise: a source that fails has no more
    records to give, and going on with it would end the import early as if all had been sent."""

    def __init__(self, error):
        super().__init__(error)
        self.error = error


class ImportRun:
    """An import under way. Iterating over it feeds the records and gives a pb.RecordResult for each, in order, once it
    is durable; `run.state` is the pb.Import as last heard of, at the end with all counts.

    When the connection or the server breaks, it waits and resumes where the server stopped, for up to `patience`
    seconds without progress. The results of records that were stored while their answer was lost come as they can
    be told: those of rejects and conflicts in full, of the others with OUTCOME_UNSPECIFIED (`run.state` counts them).

    records        pb.ImportRecord or dicts for import_record; taken as needed, never all at once
    source         where they come from: external ids are unique within a source
    unknown_names  pb.UNKNOWN_NAMES_CREATE or pb.UNKNOWN_NAMES_REJECT
    dry_run        check and answer, store nothing; cannot be resumed
    first_load     the record is empty and much is to come: its indexes are built at the end, see
                   `client.get_import(name).pending_index_count`
    resume         name of an import to go on with ("imports/12"): give the same records, those done are skipped
    """

    def __init__(self, client, records, source="default", unknown_names=pb.UNKNOWN_NAMES_CREATE, dry_run=False,
                 resume="", patience=60.0, first_load=False):
        self.state = pb.Import(name=resume)
        self._client = client
        self._records = _messages(records)
        self._held = None  # a record that would have made the last batch too large
        self._start = pb.StartImport(resume=resume, source=source, unknown_names=unknown_names, dry_run=dry_run,
                                     first_load=first_load, request_id=uuid.uuid4().hex)
        self._patience = patience
        self._sent = collections.deque()  # batches that are not answered yet, oldest first
        self._next_sequence = 1
        self._exhausted = False

    def __iter__(self):
        failing_since, wait = None, _FIRST_WAIT
        while True:
            before = self.state.committed_sequence
            try:
                yield from self._converse()
                return
            except _Broken as broken:
                error = broken.error
            if self._exhausted and not self._sent and error.reason == "IMPORT_FINISHED":
                try:
                    self.state.CopyFrom(self._client.get_import(self.state.name))  # only the last answer was lost
                    return
                except OnrecordError as lost:
                    error = lost
            if failing_since is None or self.state.committed_sequence > before:
                failing_since, wait = time.monotonic(), _FIRST_WAIT
            if not self._may_repeat(error) or time.monotonic() - failing_since > self._patience:
                raise error
            time.sleep(max(wait, error.retry_after or 0) * random.uniform(0.75, 1.25))
            wait = min(2 * wait, _LONGEST_WAIT)

    def finish(self):
        """Feeds everything; gives the finished pb.Import. For callers whom single results do not concern."""
        for _ in self:
            pass
        return self.state

    def _may_repeat(self, error):
        return error.code in _WORTH_REPEATING and not self._start.dry_run

    def _answer(self, call):
        try:
            return next(call)
        except grpc.RpcError as error:
            raise _Broken(OnrecordError.of(error, self._client.address)) from None

    def _converse(self):
        """One stream, from the start or where the last one broke, to the end."""
        outgoing = queue.SimpleQueue()
        outgoing.put(pb.ImportQuotesRequest(start=self._start))
        call = self._client.import_service.ImportQuotes(iter(outgoing.get, None), metadata=self._client.call_metadata)
        try:
            self.state.CopyFrom(self._answer(call).started)
            if self.state.name:
                self._start.resume = self.state.name
            yield from self._settle()
            for batch in self._sent:
                outgoing.put(pb.ImportQuotesRequest(batch=batch))
            while self._send_ahead(outgoing):
                answer = self._answer(call).batch
                self._sent.popleft()
                self.state.committed_sequence = answer.committed_sequence
                yield from answer.results
            outgoing.put(pb.ImportQuotesRequest(finish=pb.FinishImport()))
            self.state.CopyFrom(self._answer(call).finished)
        finally:
            call.cancel()
            outgoing.put(None)  # ends gRPC's sending thread

    def _settle(self):
        """Lets go of what the server has already, from this run or, on a resume, from an earlier one."""
        committed = self.state.committed_sequence
        if self._next_sequence == 1 and committed:
            self._exhausted = sum(1 for _ in itertools.islice(self._records, committed)) < committed
            self._next_sequence = committed + 1
        while self._sent and _last_sequence(self._sent[0]) <= committed:
            results = self._lost_results(self._sent[0].first_sequence, _last_sequence(self._sent[0]))
            self._sent.popleft()  # only now: asking may break as well
            yield from results
        if self._sent and self._sent[0].first_sequence <= committed:
            first = self._sent[0].first_sequence
            results = self._lost_results(first, committed)
            del self._sent[0].records[:committed + 1 - first]
            self._sent[0].first_sequence = committed + 1
            yield from results

    def _lost_results(self, first, last):
        rejects = {}
        try:
            for reject in self._client.rejects(self.state.name):
                if reject.result.sequence > last:
                    break
                rejects[reject.result.sequence] = reject.result
        except OnrecordError as error:
            raise _Broken(error) from None
        return [rejects.get(sequence) or pb.RecordResult(sequence=sequence) for sequence in range(first, last + 1)]

    def _send_ahead(self, outgoing):
        """Sends batches until enough are under way; false when all are sent and answered."""
        while not self._exhausted and len(self._sent) < _AHEAD:
            batch = self._next_batch()
            if batch.records:
                self._sent.append(batch)
                outgoing.put(pb.ImportQuotesRequest(batch=batch))
        return bool(self._sent)

    def _next_batch(self):
        batch = pb.RecordBatch(first_sequence=self._next_sequence)
        size = 0
        while len(batch.records) < _BATCH_RECORDS:
            record, self._held = self._held or next(self._records, None), None
            if record is None:
                self._exhausted = True
                break
            size += record.ByteSize()
            if batch.records and size > _BATCH_BYTES:
                self._held = record
                break
            batch.records.append(record)
        self._next_sequence += len(batch.records)
        return batch


def _messages(records):
    for number, record in enumerate(records, 1):
        if not isinstance(record, pb.ImportRecord):
            try:
                record = import_record(**record)
            except (TypeError, ValueError) as error:
                raise ValueError(f"record {number}: {error}") from error
        yield record


def _last_sequence(batch):
    return batch.first_sequence + len(batch.records) - 1
