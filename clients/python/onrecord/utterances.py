"""The calls that find quotes by their words: a part of Client."""
from onrecord import pb
from onrecord.dates import interval, moment
from onrecord.enums import full_name
from onrecord.requests import new_request_id

_MOST_IN_ONE_CALL = 500


class UtteranceCalls:
    """Needs the stubs, `_call`, `_pages` and `_stream` of Client."""

    def similar_quotes(self, text, speaker="", said=None, limit=0):
        """What resembles the words, contains them or stands in them, the closest first, as pb.SimilarQuote."""
        request = pb.FindSimilarQuotesRequest(text=text, speaker=speaker, limit=limit,
                                              said=interval(said) if said is not None else None)
        return list(self._call(self.utterance_service.FindSimilarQuotes, request).quotes)

    def verify_quote(self, text, speaker="", said=None, ellipsis_words=0):
        """Whether the record holds these words of the speaker, as a pb.VerifyQuoteResponse."""
        return self._call(self.utterance_service.VerifyQuote, _verification(text, speaker, said, ellipsis_words))

    def verify_quotes(self, texts, speaker="", said=None, ellipsis_words=0):
        """The same for many, as for all quotations of an article: their answers in order, each as soon as it is known."""
        texts = list(texts)
        for begin in range(0, len(texts), _MOST_IN_ONE_CALL):
            request = pb.BatchVerifyQuotesRequest(requests=[
                _verification(text, speaker, said, ellipsis_words) for text in texts[begin:begin + _MOST_IN_ONE_CALL]])
            for answer in self._stream(self.utterance_service.BatchVerifyQuotes, request):
                yield answer.response

    def utterance(self, name, as_of=None):
        """The act of speaking behind a quote with all wordings of it, as a pb.Utterance."""
        return self._call(self.utterance_service.GetUtterance,
                          pb.GetUtteranceRequest(name=name, as_of=moment(as_of))).utterance

    def trace(self, name, as_of=None):
        """The way of the words behind a quote through print, as a pb.TraceQuoteResponse."""
        return self._call(self.utterance_service.TraceQuote, pb.TraceQuoteRequest(name=name, as_of=moment(as_of)))

    def quote_links(self, quote="", speaker="", states=(), relations=(), as_of=None):
        """Links between quotes, the least certain first: what is suggested, unless `states` ask for others."""
        request = pb.ListQuoteLinksRequest(
            quote=quote, speaker=speaker, as_of=moment(as_of),
            states=[full_name("QUOTE_LINK_STATE_", state) for state in states],
            relations=[full_name("WORDING_RELATION_", relation) for relation in relations])
        return self._pages(self.utterance_service.ListQuoteLinks, request, "links")

    def set_quote_link(self, quote, other, state, relation=None, reason="", request_id=None):
        """Says for good whether two quotes are wordings of one utterance: `state` is "confirmed" or "rejected". People may
        say what the server does not see: that one is a "translation" or "paraphrase" of the other."""
        link = pb.QuoteLink(quote=quote, other=other, state=full_name("QUOTE_LINK_STATE_", state), reason=reason,
                            relation=full_name("WORDING_RELATION_", relation))
        return self._call(self.utterance_service.SetQuoteLink, pb.SetQuoteLinkRequest(
            link=link, request_id=request_id or new_request_id())).link

    def unmatched_count(self):
        """How many changes to quotes wait to become known to the calls above."""
        return self._call(self.utterance_service.GetMatchingState, pb.GetMatchingStateRequest()).pending_count


def _verification(text, speaker, said, ellipsis_words):
    return pb.VerifyQuoteRequest(text=text, speaker=speaker, ellipsis_words=ellipsis_words,
                                 said=interval(said) if said is not None else None)
