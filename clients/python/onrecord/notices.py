"""The calls about notices, and what they reach: a part of Client."""
from onrecord import pb
from onrecord.dates import moment
from onrecord.enums import full_name
from onrecord.requests import new_request_id


class NoticeCalls:
    """Needs the stubs, `_call` and `_pages` of Client."""

    def notice(self, name, as_of=None):
        """One notice by name."""
        return self._call(self.notice_service.GetNotice, pb.GetNoticeRequest(name=name, as_of=moment(as_of))).notice

    def notices(self, target="", kinds=(), include_withdrawn=False, page_size=0, as_of=None):
        """Notices, the newest first: about an article, a quote or one printing, or all."""
        request = pb.ListNoticesRequest(
            target=target, kinds=[full_name("NOTICE_KIND_", kind) for kind in kinds],
            include_withdrawn=include_withdrawn, page_size=page_size, as_of=moment(as_of))
        return self._pages(self.notice_service.ListNotices, request, "notices")

    def create_notice(self, notice, request_id=None):
        """Records a notice (pb.Notice with kind and target)."""
        request = pb.CreateNoticeRequest(notice=notice, request_id=request_id or new_request_id())
        return self._call(self.notice_service.CreateNotice, request).notice

    def update_notice(self, notice, update_mask, reason="", request_id=None):
        """Changes the fields named in update_mask."""
        request = pb.UpdateNoticeRequest(notice=notice, reason=reason, request_id=request_id or new_request_id())
        request.update_mask.paths.extend(update_mask)
        return self._call(self.notice_service.UpdateNotice, request).notice

    def withdraw_notice(self, name, reason, etag="", request_id=None):
        """Takes a notice back that was wrong; it reaches nothing any more."""
        request = pb.WithdrawNoticeRequest(name=name, reason=reason, etag=etag,
                                           request_id=request_id or new_request_id())
        return self._call(self.notice_service.WithdrawNotice, request).notice

    def affected(self, name, states=(), page_size=0, as_of=None):
        """The printings that a notice reaches, the nearest first, as pb.Affected."""
        request = pb.ListAffectedRequest(notice=name, page_size=page_size, as_of=moment(as_of),
                                         states=[full_name("AFFECTED_STATE_", state) for state in states])
        return self._pages(self.notice_service.ListAffected, request, "affected")

    def set_affected_state(self, name, quote, appearance, state, reason="", request_id=None):
        """Says what became of a printing that a notice reaches: "pending", "corrected", "stands", or "unseen" again."""
        request = pb.SetAffectedStateRequest(
            notice=name, quote=quote, appearance=appearance, state=full_name("AFFECTED_STATE_", state), reason=reason,
            request_id=request_id or new_request_id())
        return self._call(self.notice_service.SetAffectedState, request).affected
