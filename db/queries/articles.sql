-- Articles, what leads to them, and how they rest on each other. A merged stub stays where it is and leads to the article
-- that it turned out to be: whoever reads an id of an article follows `merged_into` once.

-- What the one row reader reads, in its order.
-- fragment: ArticleColumns
r.id, r.url, r.headline, r.byline, r.dateline, r.stub, o.slug, o.display_name, r.published_from, r.published_to,
  r.published_printed, r.published_basis, r.language, r.note, (extract(epoch FROM r.create_time) * 1000000)::bigint,
  (extract(epoch FROM r.update_time) * 1000000)::bigint, r.revision,
  (SELECT string_agg(m.id::text, ' ' ORDER BY m.id) FROM merged m WHERE m.merged_into = r.id),
  r.changed_by, r.changed_via, r.change_reason, r.outlet_id, r.redacted, r.edited, {{NoticesAtHand}}

-- fragment: Merged
merged AS NOT MATERIALIZED (SELECT m.id, m.merged_into FROM articles m WHERE m.merged_into IS NOT NULL)

-- The same at the moment {3}; before RecordThen, whose articles stand in for the table.
-- fragment: MergedThen
merged AS NOT MATERIALIZED (
  SELECT m.id, was.merged_into FROM articles m CROSS JOIN LATERAL {{ArticleThen}} was WHERE m.merged_into IS NOT NULL)

-- What the article m was at the moment {3}: the first state that was replaced after it, or what it is now.
-- fragment: ArticleThen
jsonb_populate_record(m, (
    SELECT v.state FROM article_revisions v
    WHERE v.article_id = m.id AND v.replaced_time > {3}::timestamptz ORDER BY v.revision LIMIT 1))

-- fragment: GotArticle
SELECT {{ArticleColumns}} FROM articles r LEFT JOIN outlets o ON o.id = r.outlet_id
WHERE r.id = (SELECT coalesce(m.merged_into, m.id) FROM articles m WHERE m.id = $1::uuid)

-- name: GetArticle
-- index: articles_pkey
WITH {{Merged}}
{{GotArticle}};

-- name: GetArticle
-- plan: custom
-- each: Then - - $2
WITH {{MergedThen}}, {{RecordThen}}
{{GotArticle}} AND r.create_time <= $2::timestamptz;

-- In the order of ids, so that writers cannot deadlock.
-- name: LockArticles
-- index: articles_pkey
SELECT id FROM articles WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE;

-- name: ReadArticles
-- index: articles_pkey
WITH merged AS (SELECT NULL::uuid AS id, NULL::uuid AS merged_into WHERE false)
SELECT {{ArticleColumns}} FROM articles r LEFT JOIN outlets o ON o.id = r.outlet_id WHERE r.id = ANY ($1::uuid[]);

-- A page: how many articles were walked, the last of them, and those that fit. $1 most to walk, $2 $3 key after which to
-- go on (published_from, id), $4 outlet (0: any), $5 only stubs, $6 letters in a headline or url, $7 $8 interval of
-- publication, $9 most on the page. Letters are part of no index: a page may end where the walk does, with nothing on it.
-- fragment: ArticlePage
walk AS MATERIALIZED (
  SELECT a.*, a.merged_into IS NULL AND a.published_to >= $7::int
    AND ($6::text = '' OR strpos(lower(a.headline), lower($6::text)) > 0 OR strpos(lower(a.url), lower($6::text)) > 0)
    AS fits
  FROM articles a
  WHERE (a.published_from, a.id) < ($2::int, $3::uuid) AND a.published_from <= $8::int AND {1}
  ORDER BY a.published_from DESC, a.id DESC LIMIT $1::bigint)
SELECT (SELECT count(*) FROM walk), last.published_from, last.id, page.*
FROM (SELECT) one
LEFT JOIN LATERAL (SELECT w.published_from, w.id FROM walk w ORDER BY w.published_from, w.id LIMIT 1) last ON true
LEFT JOIN LATERAL (
  SELECT {{ArticleColumns}} FROM walk r LEFT JOIN outlets o ON o.id = r.outlet_id
  WHERE r.fits ORDER BY r.published_from DESC, r.id DESC LIMIT $9::bigint) page ON true

-- fragment: OfAnyOutlet
$4::int = 0 AND ($5::boolean IS NULL OR true)

-- fragment: OfOutlet
a.outlet_id = $4::int AND ($5::boolean IS NULL OR NOT $5::boolean OR a.stub)

-- fragment: AreStubs
a.stub AND $4::int = 0 AND ($5::boolean IS NULL OR true)

-- fragment: AreAskedFor
($4::int = 0 OR a.outlet_id = $4::int) AND (NOT $5::boolean OR a.stub) AND a.create_time <= $10::timestamptz

-- name: ListArticles
-- each: All {{OfAnyOutlet}} articles_published | OfOutlet {{OfOutlet}} articles_outlet_published | Stubs {{AreStubs}} articles_stubs
-- index: {2}
WITH {{Merged}}, {{ArticlePage}};

-- name: ListArticles
-- plan: custom
-- each: Then {{AreAskedFor}} - $10
WITH {{MergedThen}}, {{RecordThen}}, {{ArticlePage}};

-- Every state, newest first: the current row, then what was replaced. $2 revision before which to go on, $3 rows.
-- name: ListArticleRevisions
-- index: article_revisions_pkey
WITH merged AS (SELECT NULL::uuid AS id, NULL::uuid AS merged_into WHERE false),
states AS MATERIALIZED (
  SELECT r.revision, to_jsonb(r) AS state FROM articles r WHERE r.id = $1::uuid
  UNION ALL
  SELECT revision, state FROM article_revisions WHERE article_id = $1::uuid)
SELECT {{ArticleColumns}}
FROM (SELECT * FROM states WHERE revision < $2::int ORDER BY revision DESC LIMIT $3::int) st
CROSS JOIN LATERAL jsonb_populate_record(NULL::articles, st.state) r
LEFT JOIN outlets o ON o.id = r.outlet_id
ORDER BY r.revision DESC;

-- name: NewArticleId
SELECT gen_random_uuid();

-- name: InsertArticle
INSERT INTO articles (id, outlet_id, url, headline, byline, dateline, stub, published_from, published_to,
  published_printed, published_basis, language, note, changed_by, changed_via)
VALUES ($1::uuid, $2::int, $3::text, $4::text, $5::text, $6::text, $7::boolean, $8::int, $9::int, $10::text,
  $11::smallint, $12::text, $13::text, $14::text, $15::text)
ON CONFLICT (id) DO NOTHING;

-- The article's state before the change goes to its revisions in the same statement. With $18 the change counts from the
-- moment the transaction began, so that a quote has the article that it was written with from its own time on.
-- name: UpdateArticle
-- index: articles_pkey
WITH before AS (
  INSERT INTO article_revisions (article_id, revision, state, replaced_time)
  SELECT r.id, r.revision, to_jsonb(r), {{ChangeTime}} FROM articles r WHERE r.id = $1::uuid)
UPDATE articles r SET outlet_id = $2::int, url = $3::text, headline = $4::text, byline = $5::text, dateline = $6::text,
  stub = $7::boolean, published_from = $8::int, published_to = $9::int, published_printed = $10::text,
  published_basis = $11::smallint, language = $12::text, note = $13::text, changed_by = $14::text,
  changed_via = $15::text, change_reason = $16::text, edited = r.edited OR $17::boolean, revision = r.revision + 1,
  update_time = {{ChangeTime}}
WHERE r.id = $1::uuid;

-- fragment: ChangeTime
greatest(CASE WHEN $18::boolean THEN now() ELSE statement_timestamp() END, r.update_time)

-- What computed ids lead to, where that is another article.
-- name: LedArticles
-- index: article_keys_pkey
SELECT key, article_id FROM article_keys WHERE key = ANY ($1::uuid[]);

-- The articles that have one of these computed ids or are led to by one.
-- name: ArticlesOfKeys
-- index: articles_pkey
SELECT r.id FROM articles r WHERE r.id = ANY ($1::uuid[])
UNION
SELECT k.article_id FROM article_keys k WHERE k.key = ANY ($1::uuid[]);

-- Computed ids that lead to article $2 from now on, except those that lead somewhere already.
-- name: InsertArticleKeys
INSERT INTO article_keys (key, article_id)
SELECT DISTINCT w.key, $2::uuid FROM unnest($1::uuid[]) w (key)
WHERE w.key <> $2::uuid AND NOT EXISTS (SELECT FROM articles r WHERE r.id = w.key)
ON CONFLICT (key) DO NOTHING;

-- Everything that an outlet may be called by in a record.
-- name: OutletNamesOf
-- index: outlet_names_outlet_id
SELECT o.display_name FROM outlets o WHERE o.id = $1::int
UNION
SELECT n.text FROM outlet_names n WHERE n.outlet_id = $1::int;

-- What articles named by callers lead to, and their outlets.
-- name: LeadOfArticles
-- index: articles_pkey
SELECT r.id, led.id, led.outlet_id, o.slug
FROM articles r JOIN articles led ON led.id = coalesce(r.merged_into, r.id) LEFT JOIN outlets o ON o.id = led.outlet_id
WHERE r.id = ANY ($1::uuid[]);

-- Merging stub $1 into article $2: it and what was merged into it before lead there. All get a revision.
-- name: LeadArticles
-- plan: custom
WITH before AS (
  INSERT INTO article_revisions (article_id, revision, state, replaced_time)
  SELECT r.id, r.revision, to_jsonb(r), greatest(statement_timestamp(), r.update_time)
  FROM articles r WHERE r.id IN ($1::uuid, $2::uuid) OR r.merged_into = $1::uuid)
UPDATE articles r SET merged_into = CASE WHEN r.id = $2::uuid THEN NULL ELSE $2::uuid END, changed_by = $3::text,
  changed_via = $4::text, change_reason = $5::text, revision = r.revision + 1,
  update_time = greatest(statement_timestamp(), r.update_time)
WHERE r.id IN ($1::uuid, $2::uuid) OR r.merged_into = $1::uuid;

-- The links of stub $1 become those of article $2, except what it has already and what is between the two.
-- name: MoveArticleLinks
-- index: article_links_other
WITH ended AS (
  UPDATE article_links SET recorded_to = greatest(recorded_from, statement_timestamp()), ended_by = $3::text,
    end_reason = 'the article was merged'
  WHERE (article_id = $1::uuid OR other_id = $1::uuid) AND recorded_to = 'infinity'
  RETURNING article_id, kind, other_id, note, recorded_to),
moved AS (
  SELECT CASE WHEN article_id = $1::uuid THEN $2::uuid ELSE article_id END AS article_id, kind,
    CASE WHEN other_id = $1::uuid THEN $2::uuid ELSE other_id END AS other_id, note, recorded_to
  FROM ended)
INSERT INTO article_links (article_id, kind, other_id, note, author, via, recorded_from)
SELECT article_id, kind, other_id, note, $3::text, $4::text, recorded_to FROM moved WHERE article_id <> other_id
ON CONFLICT (article_id, kind, other_id) WHERE recorded_to = 'infinity' DO NOTHING;

-- For pairs of an outlet and a quote: the articles of that outlet through which or in which the quote was printed, in the
-- order of recording; those that it came through first.
-- name: HopsOfQuotes
-- index: appearances_pkey
SELECT w.quote_id, w.outlet_id, coalesce(r.merged_into, r.id), min(CASE WHEN c.own THEN a.published_from ELSE 0 END)
FROM unnest($1::uuid[], $2::int[]) w (quote_id, outlet_id)
JOIN appearances a ON a.quote_id = w.quote_id
CROSS JOIN LATERAL (
  SELECT hop.outlet_id, hop.article_id, false AS own, hop.place
  FROM unnest(a.relay_outlet_ids, a.relay_article_ids) WITH ORDINALITY hop (outlet_id, article_id, place)
  UNION ALL SELECT a.outlet_id, a.article_id, true, 0) c
JOIN articles r ON r.id = c.article_id
WHERE c.outlet_id = w.outlet_id
GROUP BY 1, 2, 3
ORDER BY 1, 2, bool_and(c.own), min(CASE WHEN c.own THEN a.published_from ELSE 0 END), min(a.create_time), min(a.id::text),
  min(c.place);

-- Stubs $1 of outlets $2, published on day $3 at the latest.
-- name: InsertStubs
INSERT INTO articles (id, outlet_id, url, headline, byline, dateline, stub, published_to, published_basis, changed_by,
  changed_via)
SELECT s.id, s.outlet_id, '', '', '', '', true, s.published_to, CASE WHEN s.published_to < 999999999 THEN 5 ELSE 0 END,
  $4::text, $5::text
FROM unnest($1::uuid[], $2::int[], $3::int[]) s (id, outlet_id, published_to) ORDER BY s.id
ON CONFLICT (id) DO NOTHING;

-- For place n whether article $1 ever carried on what article $2 said, or what was merged into that.
-- name: KnownArticleLinks
-- index: article_links_article
SELECT w.place
FROM unnest($1::uuid[], $2::uuid[]) WITH ORDINALITY w (article_id, other_id, place)
WHERE EXISTS (
  SELECT FROM article_links l JOIN articles x ON x.id = l.other_id
  WHERE l.article_id = w.article_id AND l.kind <= 4 AND coalesce(x.merged_into, x.id) = w.other_id);

-- The links of kinds $2 from these articles, and from what those lead to.
-- name: LinksUpstream
-- index: article_links_current
WITH RECURSIVE upstream (article_id, other_id) AS (
  SELECT l.article_id, l.other_id FROM article_links l
  WHERE l.article_id = ANY ($1::uuid[]) AND l.recorded_to = 'infinity' AND l.kind = ANY ($2::smallint[])
  UNION
  SELECT l.article_id, l.other_id FROM upstream u CROSS JOIN LATERAL (
    SELECT article_id, other_id FROM article_links
    WHERE article_id = u.other_id AND recorded_to = 'infinity' AND kind = ANY ($2::smallint[]) OFFSET 0) l)
SELECT article_id, other_id FROM upstream;

-- name: InsertRelayLinks
INSERT INTO article_links (article_id, kind, other_id, note, author, via, recorded_from)
SELECT w.article_id, 1, w.other_id, '', $3::text, $4::text, now()
FROM unnest($1::uuid[], $2::uuid[]) w (article_id, other_id)
ON CONFLICT (article_id, kind, other_id) WHERE recorded_to = 'infinity' DO NOTHING;

-- A link with another note than before ends the version with that one. Here and below written so that no index on the other
-- article alone can serve it: some are linked with thousands.
-- name: PutArticleLink
-- index: article_links_article
WITH ended AS (
  UPDATE article_links SET recorded_to = greatest(recorded_from, statement_timestamp()), ended_by = $5::text
  WHERE article_id = $1::uuid AND kind = $2::smallint AND other_id BETWEEN $3::uuid AND $3::uuid
    AND recorded_to = 'infinity'
  RETURNING recorded_to)
INSERT INTO article_links (article_id, kind, other_id, note, author, via, recorded_from)
SELECT $1::uuid, $2::smallint, $3::uuid, $4::text, $5::text, $6::text,
  coalesce((SELECT recorded_to FROM ended), statement_timestamp());

-- name: EndArticleLink
-- index: article_links_article
UPDATE article_links SET recorded_to = greatest(recorded_from, statement_timestamp()), ended_by = $4::text,
  end_reason = $5::text
WHERE article_id = $1::uuid AND kind = $2::smallint AND other_id BETWEEN $3::uuid AND $3::uuid
  AND recorded_to = 'infinity';

-- fragment: ArticleLinkColumns
l.id, l.article_id, l.kind, l.other_id, l.note, {{TitleOfLater}}, {{TitleOfOther}}, l.author, l.via,
  (extract(epoch FROM l.recorded_from) * 1000000)::bigint

-- fragment: TitleOfLater
coalesce(nullif(r.headline, ''), nullif(r.url, ''), o.display_name, '')

-- fragment: TitleOfOther
coalesce(nullif(x.headline, ''), nullif(x.url, ''), p.display_name, '')

-- fragment: LinkedArticles
JOIN articles r ON r.id = l.article_id LEFT JOIN outlets o ON o.id = r.outlet_id
JOIN articles x ON x.id = l.other_id LEFT JOIN outlets p ON p.id = x.outlet_id

-- name: GetArticleLink
-- index: article_links_current
SELECT {{ArticleLinkColumns}}
FROM article_links l {{LinkedArticles}}
WHERE l.article_id = $1::uuid AND l.kind = $2::smallint AND l.other_id = $3::uuid AND l.recorded_to = 'infinity';

-- Links from (side 1) and to (side 2) article $2 at the moment $1: $3 kinds, $4 $5 side and id after which to go on,
-- $6 rows.
-- fragment: LinksOfArticle
found AS MATERIALIZED (
  SELECT 1 AS side, l.* FROM article_links l WHERE l.article_id = $2::uuid AND {{LinkIsAskedFor}}
  UNION ALL
  SELECT 2, l.* FROM article_links l WHERE l.other_id = $2::uuid AND {{LinkIsAskedFor}}),
page AS MATERIALIZED (
  SELECT * FROM found WHERE (side, id) > ($4::int, $5::bigint) ORDER BY side, id LIMIT $6::bigint)
SELECT {{ArticleLinkColumns}}, l.side
FROM page l {{LinkedArticles}}
ORDER BY l.side, l.id

-- fragment: LinkIsAskedFor
l.recorded_from <= $1::timestamptz AND l.recorded_to > $1::timestamptz
    AND (cardinality($3::smallint[]) = 0 OR l.kind = ANY ($3::smallint[]))

-- name: ListArticleLinks
-- index: article_links_other
WITH {{LinksOfArticle}};

-- name: ListArticleLinks
-- plan: custom
-- each: Then - - $1
WITH {{RecordThen}}, {{LinksOfArticle}};
