"""Corrections of who said it: merged and split speakers, identified sources. A part of Client."""
from onrecord import pb
from onrecord.dates import moment
from onrecord.enums import full_name
from onrecord.requests import new_request_id

_MOVES_TAKE = 110.0  # every quote gets a revision; 100,000 of them take a minute; the server lets no call take longer


class SpeakerCalls:
    """Needs the stubs, `_call` and `_pages` of Client."""

    def merge_speakers(self, name, into, reason, request_id=None):
        """Makes two speakers one, as a pb.MergeSpeakersResponse: `name` leads to `into` from then on."""
        request = pb.MergeSpeakersRequest(name=name, into=into, reason=reason,
                                          request_id=request_id or new_request_id())
        return self._call(self.speaker_service.MergeSpeakers, request, timeout=_MOVES_TAKE)

    def restore_speaker(self, name, restore, reason, request_id=None):
        """Undoes the merge of `restore` into `name`, as a pb.SplitSpeakerResponse."""
        request = pb.SplitSpeakerRequest(name=name, restore=restore, reason=reason,
                                         request_id=request_id or new_request_id())
        return self._call(self.speaker_service.SplitSpeaker, request, timeout=_MOVES_TAKE)

    def split_speaker(self, name, speaker, reason, quotes=(), names=(), speaker_id="", request_id=None):
        """Makes a new speaker (pb.Speaker) of some quotes and names of `name`, as a pb.SplitSpeakerResponse."""
        request = pb.SplitSpeakerRequest(name=name, speaker=speaker, reason=reason, quotes=quotes, names=names,
                                         speaker_id=speaker_id, request_id=request_id or new_request_id())
        return self._call(self.speaker_service.SplitSpeaker, request, timeout=_MOVES_TAKE)

    def propose_identification(self, quote, speaker, reason, confidence=0.0, request_id=None):
        """Says who the unnamed source of a quote may be; nothing follows from it until it is accepted."""
        identification = pb.Identification(quote=quote, speaker=speaker, reason=reason, confidence=confidence)
        return self._call(self.quote_service.ProposeIdentification, pb.ProposeIdentificationRequest(
            identification=identification, request_id=request_id or new_request_id())).identification

    def accept_identification(self, name, reason, request_id=None):
        """The source is that speaker: the quote becomes theirs."""
        request = pb.AcceptIdentificationRequest(name=name, reason=reason, request_id=request_id or new_request_id())
        return self._call(self.quote_service.AcceptIdentification, request).identification

    def reject_identification(self, name, reason, request_id=None):
        """The source is not that speaker; one that was accepted is undone."""
        request = pb.RejectIdentificationRequest(name=name, reason=reason, request_id=request_id or new_request_id())
        return self._call(self.quote_service.RejectIdentification, request).identification

    def identifications(self, quote="", speaker="", states=(), as_of=None):
        """Who sources are said to be, the newest first, as pb.Identification; states like "proposed"."""
        request = pb.ListIdentificationsRequest(
            quote=quote, speaker=speaker, states=[full_name("IDENTIFICATION_STATE_", state) for state in states],
            as_of=moment(as_of))
        return self._pages(self.quote_service.ListIdentifications, request, "identifications")
