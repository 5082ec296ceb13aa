"""The calls that find quotes by their words: a part of Client."""
from onrecord import pb
from onrecord.dates import interval

_MOST_IN_ONE_CALL = 500


class UtteranceCalls:
    """Needs the stubs, `_call` and `_stream` of Client."""

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

    def unmatched_count(self):
        """How many changes to quotes wait to become known to the calls above."""
        return self._call(self.utterance_service.GetMatchingState, pb.GetMatchingStateRequest()).pending_count


def _verification(text, speaker, said, ellipsis_words):
    return pb.VerifyQuoteRequest(text=text, speaker=speaker, ellipsis_words=ellipsis_words,
                                 said=interval(said) if said is not None else None)
