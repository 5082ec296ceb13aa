"""The client: one method for each question, pages turned for the caller, refusals raised as OnrecordError."""
import os

import grpc

from onrecord import pb
from onrecord.articles import ArticleCalls
from onrecord.claims import ClaimCalls
from onrecord.dates import moment, partial_date
from onrecord.errors import OnrecordError
from onrecord.imports import ImportRun
from onrecord.notices import NoticeCalls
from onrecord.requests import new_request_id, quote_filter
from onrecord.speakers import SpeakerCalls
from onrecord.utterances import UtteranceCalls

DEFAULT_ADDRESS = "127.0.0.1:50051"
# Pages end before 3 MiB; one record with a long history may be larger.
_MOST_MESSAGE_BYTES = 64 << 20


class Client(ArticleCalls, ClaimCalls, NoticeCalls, SpeakerCalls, UtteranceCalls):
    """Talks to one server. Safe to share between threads; close it, or use it in a `with` block.

    address  HOST:PORT or unix:PATH; ONRECORD_ADDRESS unless given, else 127.0.0.1:50051
    author   whom changes are recorded under; ONRECORD_AUTHOR unless given, else "anonymous"
    timeout  seconds that one call may take; imports and exports take as long as they take

    Calls that only read take as_of, a datetime with a time zone: what the record held then.
    """

    def __init__(self, address=None, author=None, timeout=30.0):
        self.address = address or os.environ.get("ONRECORD_ADDRESS") or DEFAULT_ADDRESS
        author = author or os.environ.get("ONRECORD_AUTHOR") or ""
        ascii_only = "".join(letter for letter in author if " " <= letter <= "~")  # all that metadata may hold
        self.call_metadata = (("x-onrecord-author", ascii_only),) if ascii_only else ()
        self._timeout = timeout
        self._channel = grpc.insecure_channel(self.address, options=[
            ("grpc.max_receive_message_length", _MOST_MESSAGE_BYTES),
            ("grpc.enable_http_proxy", 0),
            ("grpc.max_reconnect_backoff_ms", 2000),  # an import waits for a restarted server: not for minutes
        ])
        self.quote_service = pb.QuoteServiceStub(self._channel)
        self.speaker_service = pb.SpeakerServiceStub(self._channel)
        self.outlet_service = pb.OutletServiceStub(self._channel)
        self.topic_service = pb.TopicServiceStub(self._channel)
        self.article_service = pb.ArticleServiceStub(self._channel)
        self.claim_service = pb.ClaimServiceStub(self._channel)
        self.import_service = pb.ImportServiceStub(self._channel)
        self.timeline_service = pb.TimelineServiceStub(self._channel)
        self.utterance_service = pb.UtteranceServiceStub(self._channel)
        self.notice_service = pb.NoticeServiceStub(self._channel)

    def close(self):
        self._channel.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Quotes.

    def quote(self, name, as_of=None):
        """One quote by name."""
        return self._call(self.quote_service.GetQuote, pb.GetQuoteRequest(name=name, as_of=moment(as_of))).quote

    def batch_quotes(self, names, as_of=None):
        """Up to 1,000 quotes by name: (quotes in the order asked for, names that do not exist)."""
        request = pb.BatchGetQuotesRequest(names=names, as_of=moment(as_of))
        response = self._call(self.quote_service.BatchGetQuotes, request)
        return list(response.quotes), list(response.missing)

    def quotes(self, filter=None, order=pb.QUOTE_ORDER_NEWEST, page_size=0, as_of=None, **fields):
        """The quotes that match, page after page. See quote_filter for the fields."""
        request = pb.ListQuotesRequest(filter=quote_filter(filter, **fields), order=order, page_size=page_size,
                                       as_of=moment(as_of))
        return self._pages(self.quote_service.ListQuotes, request, "quotes")

    def count_quotes(self, filter=None, as_of=None, **fields):
        """How many match: (count, whether that is exact or a lower bound)."""
        request = pb.CountQuotesRequest(filter=quote_filter(filter, **fields), as_of=moment(as_of))
        response = self._call(self.quote_service.CountQuotes, request)
        return response.count, response.exact

    def create_quote(self, quote, request_id=None):
        """Records a quote. With the same request_id it is safe to repeat."""
        request = pb.CreateQuoteRequest(quote=quote, request_id=request_id or new_request_id())
        return self._call(self.quote_service.CreateQuote, request).quote

    def update_quote(self, quote, update_mask, reason="", request_id=None):
        """Changes the fields named in update_mask (["said", "note"]); the etag of `quote` must be current."""
        request = pb.UpdateQuoteRequest(quote=quote, reason=reason, request_id=request_id or new_request_id())
        request.update_mask.paths.extend(update_mask)
        return self._call(self.quote_service.UpdateQuote, request).quote

    def retract_quote(self, name, reason, etag="", request_id=None):
        """Withdraws a quote: lists leave it out, `quote` still answers, with the reason."""
        request = pb.RetractQuoteRequest(name=name, reason=reason, etag=etag,
                                         request_id=request_id or new_request_id())
        return self._call(self.quote_service.RetractQuote, request).quote

    def restore_quote(self, name, reason, etag="", request_id=None):
        """Undoes a retraction."""
        request = pb.RestoreQuoteRequest(name=name, reason=reason, etag=etag,
                                         request_id=request_id or new_request_id())
        return self._call(self.quote_service.RestoreQuote, request).quote

    def redact_quote(self, name, reason, protect_source=False, etag="", request_id=None):
        """Removes a quote's words for good, from its history too; with protect_source also who spoke."""
        request = pb.RedactQuoteRequest(name=name, reason=reason, protect_source=protect_source, etag=etag,
                                        request_id=request_id or new_request_id())
        return self._call(self.quote_service.RedactQuote, request).quote

    def history(self, name):
        """Every state that a quote has had, newest first, as pb.QuoteRevision."""
        request = pb.ListQuoteRevisionsRequest(name=name)
        return self._pages(self.quote_service.ListQuoteRevisions, request, "revisions")

    def timeline(self, granularity=pb.GRANULARITY_YEAR, group=pb.TIMELINE_GROUP_UNSPECIFIED, filter=None,
                 fill_gaps=False, max_groups=0, as_of=None, **fields):
        """Counts in spans of time, in all or by group, as a pb.GetTimelineResponse."""
        return self._call(self.timeline_service.GetTimeline, pb.GetTimelineRequest(
            filter=quote_filter(filter, **fields), granularity=granularity, group=group, fill_gaps=fill_gaps,
            max_groups=max_groups, as_of=moment(as_of)))

    # Names.

    def speaker(self, name, as_of=None):
        """One speaker by name."""
        return self._call(self.speaker_service.GetSpeaker, pb.GetSpeakerRequest(name=name, as_of=moment(as_of))).speaker

    def speakers(self, query="", as_of=None):
        """The speakers with a name or word that begins with `query`."""
        request = pb.ListSpeakersRequest(query=query, as_of=moment(as_of))
        return self._pages(self.speaker_service.ListSpeakers, request, "speakers")

    def create_speaker(self, speaker, speaker_id="", request_id=None):
        """Adds a speaker."""
        request = pb.CreateSpeakerRequest(speaker=speaker, speaker_id=speaker_id,
                                          request_id=request_id or new_request_id())
        return self._call(self.speaker_service.CreateSpeaker, request).speaker

    def update_speaker(self, speaker, update_mask, reason="", request_id=None):
        """Changes the fields named in update_mask."""
        request = pb.UpdateSpeakerRequest(speaker=speaker, reason=reason, request_id=request_id or new_request_id())
        request.update_mask.paths.extend(update_mask)
        return self._call(self.speaker_service.UpdateSpeaker, request).speaker

    def resolve_speakers(self, names, date=None, as_of=None):
        """Whom printed names may mean at a date: one pb.ResolvedName for each, with its candidates and reasons."""
        request = pb.ResolveSpeakersRequest(names=names, date=partial_date(date) if date else None,
                                            as_of=moment(as_of))
        return list(self._call(self.speaker_service.ResolveSpeakers, request).results)

    def outlet(self, name, as_of=None):
        """One outlet by name."""
        return self._call(self.outlet_service.GetOutlet, pb.GetOutletRequest(name=name, as_of=moment(as_of))).outlet

    def outlets(self, query="", as_of=None):
        """The outlets with a name or word that begins with `query`."""
        request = pb.ListOutletsRequest(query=query, as_of=moment(as_of))
        return self._pages(self.outlet_service.ListOutlets, request, "outlets")

    def create_outlet(self, outlet, outlet_id="", request_id=None):
        """Adds an outlet."""
        request = pb.CreateOutletRequest(outlet=outlet, outlet_id=outlet_id, request_id=request_id or new_request_id())
        return self._call(self.outlet_service.CreateOutlet, request).outlet

    def update_outlet(self, outlet, update_mask, reason="", request_id=None):
        """Changes the fields named in update_mask."""
        request = pb.UpdateOutletRequest(outlet=outlet, reason=reason, request_id=request_id or new_request_id())
        request.update_mask.paths.extend(update_mask)
        return self._call(self.outlet_service.UpdateOutlet, request).outlet

    def topic(self, name, as_of=None):
        """One topic by name."""
        return self._call(self.topic_service.GetTopic, pb.GetTopicRequest(name=name, as_of=moment(as_of))).topic

    def topics(self, query="", parent="", as_of=None):
        """The topics with a name or word that begins with `query`; with `parent`, only those directly below it."""
        request = pb.ListTopicsRequest(query=query, parent=parent, as_of=moment(as_of))
        return self._pages(self.topic_service.ListTopics, request, "topics")

    def create_topic(self, topic, topic_id="", request_id=None):
        """Adds a topic."""
        request = pb.CreateTopicRequest(topic=topic, topic_id=topic_id, request_id=request_id or new_request_id())
        return self._call(self.topic_service.CreateTopic, request).topic

    def update_topic(self, topic, update_mask, reason="", request_id=None):
        """Changes the fields named in update_mask; a new parent moves the topic with all below it."""
        request = pb.UpdateTopicRequest(topic=topic, reason=reason, request_id=request_id or new_request_id())
        request.update_mask.paths.extend(update_mask)
        return self._call(self.topic_service.UpdateTopic, request).topic

    # Imports and exports.

    def import_records(self, records, source="default", **options):
        """Feeds records (pb.ImportRecord, or dicts with its fields) and gives their results: see ImportRun."""
        return ImportRun(self, records, source=source, **options)

    def get_import(self, name):
        """One import by name."""
        response = self._call(self.import_service.GetImport, pb.GetImportRequest(name=name))
        return getattr(response, "import")  # a keyword of Python

    def revert_import(self, name, reason):
        """Takes back what an import brought; gives the pb.Import after each step. Call it again when it breaks off."""
        request = pb.RevertImportRequest(name=name, reason=reason)
        for response in self._stream(self.import_service.RevertImport, request):
            yield getattr(response, "import")

    def imports(self):
        """Every import, newest first."""
        return self._pages(self.import_service.ListImports, pb.ListImportsRequest(), "imports")

    def rejects(self, name):
        """What an import rejected or found in conflict, in the order of the input, as pb.Reject."""
        return self._pages(self.import_service.ListRejects, pb.ListRejectsRequest(**{"import": name}), "rejects")

    def raw_records(self, quote):
        """The records that a quote's appearances came from, as their sources have them, as pb.RawRecord."""
        return self._pages(self.import_service.ListRawRecords, pb.ListRawRecordsRequest(quote=quote), "raw_records")

    def export_records(self, filter=None, as_of=None, **fields):
        """Every quote that matches, oldest first, as pb.ImportRecord: importing them again changes nothing."""
        request = pb.ExportQuotesRequest(filter=quote_filter(filter, **fields), as_of=moment(as_of))
        for response in self._stream(self.import_service.ExportQuotes, request):
            yield from response.records

    # How calls are made.

    def _call(self, method, request, timeout=0.0):
        """`timeout` is what the call may take at least."""
        try:
            return method(request, timeout=self._timeout and max(timeout, self._timeout), metadata=self.call_metadata)
        except grpc.RpcError as error:
            raise OnrecordError.of(error, self.address) from None

    def _stream(self, method, request):
        """The messages of an answer that comes bit by bit; it takes as long as it takes."""
        try:
            yield from method(request, metadata=self.call_metadata)
        except grpc.RpcError as error:
            raise OnrecordError.of(error, self.address) from None

    def _pages(self, method, request, field):
        """The elements of `field` on every page; the next page is asked for when the last one is used up."""
        while True:
            response = self._call(method, request)
            yield from getattr(response, field)
            if not response.next_page_token:
                return
            request.page_token = response.next_page_token
