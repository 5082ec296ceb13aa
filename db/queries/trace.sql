-- Following words through print.

-- How articles among $2 carry words on from others among them, at the moment $1. By the articles' own links, of which they
-- have few: thousands may lead to one. No index serves IS TRUE.
-- name: LinksAmongArticles
-- index: article_links_article
SELECT l.article_id, l.kind, l.other_id FROM article_links l
WHERE l.article_id = ANY ($2::uuid[]) AND (l.other_id = ANY ($2::uuid[])) IS TRUE AND l.kind IN (1, 2, 3, 4)
  AND l.recorded_from <= $1::timestamptz AND l.recorded_to > $1::timestamptz;
