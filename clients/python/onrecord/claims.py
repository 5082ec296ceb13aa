"""The calls about claims, stances and reviews, and the questions across time: a part of Client."""
from onrecord import pb
from onrecord.dates import interval, moment
from onrecord.enums import full_name
from onrecord.requests import new_request_id, stance_filter


class ClaimCalls:
    """Needs the stubs, `_call` and `_pages` of Client."""

    # Claims.

    def claim(self, name, as_of=None):
        """One claim by name; the name of a merged one leads to the one it was merged into."""
        return self._call(self.claim_service.GetClaim, pb.GetClaimRequest(name=name, as_of=moment(as_of))).claim

    def claims(self, query="", topic="", as_of=None):
        """The claims with a wording or a word in it that begins with `query`, about `topic` or one below it."""
        request = pb.ListClaimsRequest(query=query, topic=topic, as_of=moment(as_of))
        return self._pages(self.claim_service.ListClaims, request, "claims")

    def create_claim(self, claim, claim_id="", request_id=None):
        """Adds a claim."""
        request = pb.CreateClaimRequest(claim=claim, claim_id=claim_id, request_id=request_id or new_request_id())
        return self._call(self.claim_service.CreateClaim, request).claim

    def update_claim(self, claim, update_mask, reason="", request_id=None):
        """Changes the fields named in update_mask."""
        request = pb.UpdateClaimRequest(claim=claim, reason=reason, request_id=request_id or new_request_id())
        request.update_mask.paths.extend(update_mask)
        return self._call(self.claim_service.UpdateClaim, request).claim

    def merge_claims(self, name, into, reason, etag="", request_id=None):
        """Makes two claims one, as a pb.MergeClaimsResponse: `name` leads to `into` from then on."""
        request = pb.MergeClaimsRequest(claim=name, into=into, reason=reason, etag=etag,
                                        request_id=request_id or new_request_id())
        return self._call(self.claim_service.MergeClaims, request)

    def relate_claims(self, name, kind, other, note="", request_id=None):
        """Records how a claim relates to another: relate_claims("claims/a", "negation_of", "claims/b")."""
        relation = pb.ClaimRelation(claim=name, kind=full_name("CLAIM_RELATION_KIND_", kind), other=other, note=note)
        request = pb.RelateClaimsRequest(relation=relation, request_id=request_id or new_request_id())
        return self._call(self.claim_service.RelateClaims, request).relation

    def unrelate_claims(self, name, kind, other, reason, request_id=None):
        """Takes a relation back."""
        self._call(self.claim_service.UnrelateClaims, pb.UnrelateClaimsRequest(
            claim=name, kind=full_name("CLAIM_RELATION_KIND_", kind), other=other, reason=reason,
            request_id=request_id or new_request_id()))

    def claim_relations(self, name, kinds=(), as_of=None):
        """The relations of a claim, seen from its side, those that lead to it too."""
        request = pb.ListClaimRelationsRequest(
            claim=name, kinds=[full_name("CLAIM_RELATION_KIND_", kind) for kind in kinds], as_of=moment(as_of))
        return self._pages(self.claim_service.ListClaimRelations, request, "relations")

    # Stances.

    def stance(self, name, as_of=None):
        """One stance by name."""
        return self._call(self.claim_service.GetStance, pb.GetStanceRequest(name=name, as_of=moment(as_of))).stance

    def stances(self, filter=None, oldest_first=False, include_suspended=False, page_size=0, as_of=None, **fields):
        """The stances that match, the latest first, page after page. See stance_filter for the fields."""
        request = pb.ListStancesRequest(
            filter=stance_filter(filter, **fields), oldest_first=oldest_first, include_suspended=include_suspended,
            page_size=page_size, as_of=moment(as_of))
        return self._pages(self.claim_service.ListStances, request, "stances")

    def set_stance(self, stance, reason="", request_id=None):
        """Records a position (pb.Stance), or changes it as a whole; an etag must be current."""
        request = pb.SetStanceRequest(stance=stance, reason=reason, request_id=request_id or new_request_id())
        return self._call(self.claim_service.SetStance, request).stance

    def remove_stance(self, name, reason, etag="", request_id=None):
        """Takes a stance back; it stays in its history."""
        request = pb.RemoveStanceRequest(name=name, reason=reason, etag=etag, request_id=request_id or new_request_id())
        return self._call(self.claim_service.RemoveStance, request).stance

    def stance_revisions(self, name):
        """Every state that a stance has had, newest first, as pb.StanceRevision."""
        request = pb.ListStanceRevisionsRequest(name=name)
        return self._pages(self.claim_service.ListStanceRevisions, request, "revisions")

    # Questions across time.

    def stance_history(self, claim="", topic="", holders=(), include_ascribed=False, page_size=0, as_of=None):
        """Who held which position when, on a claim or on those about a topic: pb.StanceLanes with changes marked."""
        request = pb.GetStanceHistoryRequest(claim=claim, topic=topic, holders=holders, page_size=page_size,
                                             include_ascribed=include_ascribed, as_of=moment(as_of))
        return self._pages(self.timeline_service.GetStanceHistory, request, "lanes")

    def reversals(self, filter=None, include_dismissed=False, page_size=0, as_of=None, **fields):
        """Holders who changed sides, as pb.Reversal. See stance_filter for the fields."""
        request = pb.ListReversalsRequest(filter=stance_filter(filter, **fields), include_dismissed=include_dismissed,
                                          page_size=page_size, as_of=moment(as_of))
        return self._pages(self.timeline_service.ListReversals, request, "reversals")

    def contradictions(self, filter=None, between_holders=False, window_days=0, page_size=0, as_of=None, **fields):
        """Positions that cannot both be right, as pb.Contradiction. See stance_filter for the fields."""
        request = pb.ListContradictionsRequest(
            filter=stance_filter(filter, **fields), between_holders=between_holders, window_days=window_days,
            page_size=page_size, as_of=moment(as_of))
        return self._pages(self.timeline_service.ListContradictions, request, "contradictions")

    def firsts(self, claim="", words="", positions=(), include_ascribed=False, as_of=None):
        """Who may have said it first, of a claim or of words, as a pb.GetFirstsResponse."""
        return self._call(self.timeline_service.GetFirsts, pb.GetFirstsRequest(
            claim=claim, words=words, positions=[full_name("POSITION_", position) for position in positions],
            include_ascribed=include_ascribed, as_of=moment(as_of)))

    def compare_outlets(self, claim="", topic="", published=None, include_ascribed=False, max_outlets=0, as_of=None):
        """What each outlet printed about a claim or a topic, as a pb.CompareOutletsResponse."""
        return self._call(self.timeline_service.CompareOutlets, pb.CompareOutletsRequest(
            claim=claim, topic=topic, published=interval(published) if published is not None else None,
            include_ascribed=include_ascribed, max_outlets=max_outlets, as_of=moment(as_of)))

    def label_change(self, before, after, label, note="", request_id=None):
        """Tells how the change from one stance to another is to be seen ("full_flop"); unspecified takes it back."""
        self._call(self.timeline_service.LabelChange, pb.LabelChangeRequest(
            before=before, after=after, label=full_name("CHANGE_LABEL_", label), note=note,
            request_id=request_id or new_request_id()))

    # Reviews.

    def review(self, name, as_of=None):
        """One review by name."""
        return self._call(self.claim_service.GetReview, pb.GetReviewRequest(name=name, as_of=moment(as_of))).review

    def reviews(self, claim="", quote="", reviewer="", verdicts=(), include_retracted=False, page_size=0, as_of=None):
        """Reviews in the order of recording; of a claim also those of claims that mean the same."""
        request = pb.ListReviewsRequest(
            claim=claim, quote=quote, reviewer=reviewer, include_retracted=include_retracted, page_size=page_size,
            verdicts=[full_name("VERDICT_", verdict) for verdict in verdicts], as_of=moment(as_of))
        return self._pages(self.claim_service.ListReviews, request, "reviews")

    def create_review(self, review, request_id=None):
        """Records a review of a claim or a quote."""
        request = pb.CreateReviewRequest(review=review, request_id=request_id or new_request_id())
        return self._call(self.claim_service.CreateReview, request).review

    def update_review(self, review, update_mask, reason="", request_id=None):
        """Changes the fields named in update_mask."""
        request = pb.UpdateReviewRequest(review=review, reason=reason, request_id=request_id or new_request_id())
        request.update_mask.paths.extend(update_mask)
        return self._call(self.claim_service.UpdateReview, request).review

    def retract_review(self, name, reason, etag="", request_id=None):
        """Withdraws a review; lists leave it out."""
        request = pb.RetractReviewRequest(name=name, reason=reason, etag=etag,
                                          request_id=request_id or new_request_id())
        return self._call(self.claim_service.RetractReview, request).review
