"""The calls about articles and how they rest on each other: a part of Client."""
from onrecord import pb
from onrecord.dates import interval, moment
from onrecord.enums import full_name
from onrecord.requests import new_request_id


class ArticleCalls:
    """Needs the stubs, `_call` and `_pages` of Client."""

    def article(self, name, as_of=None):
        """One article by name; the name of a merged stub leads to the article that it turned out to be."""
        return self._call(self.article_service.GetArticle, pb.GetArticleRequest(name=name, as_of=moment(as_of))).article

    def articles(self, outlet="", query="", published=None, stubs=False, page_size=0, as_of=None):
        """The articles that match, the latest published first, page after page."""
        request = pb.ListArticlesRequest(
            outlet=outlet, query=query, stubs=stubs, page_size=page_size, as_of=moment(as_of),
            published=interval(published) if published is not None else None)
        return self._pages(self.article_service.ListArticles, request, "articles")

    def create_article(self, article, request_id=None):
        """Records an article; without url and headline a stub."""
        request = pb.CreateArticleRequest(article=article, request_id=request_id or new_request_id())
        return self._call(self.article_service.CreateArticle, request).article

    def update_article(self, article, update_mask, reason="", request_id=None):
        """Changes the fields named in update_mask; a stub is filled in where it stands."""
        request = pb.UpdateArticleRequest(article=article, reason=reason, request_id=request_id or new_request_id())
        request.update_mask.paths.extend(update_mask)
        return self._call(self.article_service.UpdateArticle, request).article

    def merge_articles(self, name, into, reason, request_id=None):
        """Makes a stub and the article that it turned out to be one: `name` leads to `into` from then on."""
        request = pb.MergeArticlesRequest(name=name, into=into, reason=reason,
                                          request_id=request_id or new_request_id())
        return self._call(self.article_service.MergeArticles, request).article

    def article_history(self, name):
        """Every state that an article has had, newest first, as pb.ArticleRevision."""
        request = pb.ListArticleRevisionsRequest(name=name)
        return self._pages(self.article_service.ListArticleRevisions, request, "revisions")

    def link_articles(self, name, kind, other, note="", request_id=None):
        """Records that an article rests on another: link_articles("articles/a", "reprints", "articles/b")."""
        request = pb.LinkArticlesRequest(link=_link(name, kind, other), request_id=request_id or new_request_id())
        request.link.note = note
        return self._call(self.article_service.LinkArticles, request).link

    def unlink_articles(self, name, kind, other, reason="", request_id=None):
        """Takes a link back."""
        self._call(self.article_service.UnlinkArticles, pb.UnlinkArticlesRequest(
            link=_link(name, kind, other), reason=reason, request_id=request_id or new_request_id()))

    def article_links(self, name, kinds=(), as_of=None):
        """What an article rests on, then what rests on it, as pb.ArticleLink."""
        request = pb.ListArticleLinksRequest(
            article=name, kinds=[full_name("ARTICLE_LINK_KIND_", kind) for kind in kinds], as_of=moment(as_of))
        return self._pages(self.article_service.ListArticleLinks, request, "links")


def _link(name, kind, other):
    return pb.ArticleLink(article=name, kind=full_name("ARTICLE_LINK_KIND_", kind), other=other)
