"""What the measuring programs ask: questions of the kinds that a newsroom asks, made of what is in the record."""
import random
import re

SAMPLE = 5000  # quotes that questions are made of; ids are hashes, so that the lowest are as good as drawn by lot
CLAIMS = 200
QUOTES, TIMELINE, UTTERANCES = (f"onrecord.v1.{name}Service" for name in ("Quote", "Timeline", "Utterance"))


def sample(database):
    """Quotes to make questions of: what is frequent in the record is asked for often."""
    names = ("id", "speaker", "topic", "section", "outlet", "year", "text")
    rows = database.rows(f"""
        SELECT replace(q.id::text, '-', ''), s.slug, t.slug, section.slug, o.slug, extract(year FROM q.occurred_on),
          translate(q.text, E'|\\n', '')
        FROM (SELECT * FROM quotes ORDER BY id LIMIT {SAMPLE}) q JOIN speakers s ON s.id = q.speaker_id
        JOIN topics t ON t.id = q.topic_ids[1] JOIN topics section ON section.id = t.path[1]
        JOIN outlets o ON o.id = q.outlet_ids[1]""")
    return [dict(zip(names, cells)) for cells in rows]


def listed(**fields):
    return {"filter": fields}


def words_of(database, low, high):
    """Words that this share of the quotes has, as far as a sample tells."""
    return database.column(f"""
        SELECT word FROM ts_stat('SELECT search FROM quotes ORDER BY id LIMIT 20000')
        WHERE ndoc BETWEEN {low} * 20000 AND {high} * 20000 AND word ~ '^[a-z]+$' ORDER BY md5(word) LIMIT 500""")


def claims_at_random(count):
    """Ids of claims: the k-th is drawn about as often as 1/k."""
    rng = random.Random(1)
    return [f"claim-{int(CLAIMS ** rng.random())}" for _ in range(count)]


def have_stances(database):
    return database.column("SELECT EXISTS (SELECT FROM stances)") == ["t"]


def questions_of_claims(database):
    names = [f"claims/{claim}" for claim in claims_at_random(SAMPLE)]
    holders = [f"speakers/{slug}" for slug in database.column(f"""
        SELECT s.slug FROM (SELECT * FROM stances WHERE speaker_id > 0 ORDER BY quote_id LIMIT {SAMPLE}) t
        JOIN speakers s ON s.id = t.speaker_id""")]
    filters = [listed(claims=[name]) for name in names]
    return [
        ("timeline of a claim", f"{TIMELINE}/GetTimeline", filters),
        ("timeline of a claim, by position", f"{TIMELINE}/GetTimeline",
         [{**one, "group": "TIMELINE_GROUP_POSITION"} for one in filters]),
        ("stances on a claim", "onrecord.v1.ClaimService/ListStances", filters),
        ("history of a claim", f"{TIMELINE}/GetStanceHistory", [{"claim": name} for name in names]),
        ("history of a claim and a holder", f"{TIMELINE}/GetStanceHistory",
         [{"claim": name, "holders": [holders[i % len(holders)]]} for i, name in enumerate(names)]),
        ("reversals on a claim", f"{TIMELINE}/ListReversals", filters),
        ("reversals of a holder", f"{TIMELINE}/ListReversals", [listed(holders=[holder]) for holder in holders]),
        ("contradictions on a claim", f"{TIMELINE}/ListContradictions", filters),
        ("contradictions of a holder and all others", f"{TIMELINE}/ListContradictions",
         [{**listed(holders=[holder]), "between_holders": True} for holder in holders]),
        ("firsts of a claim", f"{TIMELINE}/GetFirsts", [{"claim": name} for name in names]),
        ("outlets on a claim", f"{TIMELINE}/CompareOutlets", [{"claim": name} for name in names]),
    ]


def questions(database):
    """What is asked: (what, method, requests). Of claims, when there are some."""
    quotes = sample(database)
    rare, medium, common = words_of(database, 0.00005, 0.0001), words_of(database, 0.002, 0.01), words_of(database, 0.05, 0.3)

    def lists(**make):
        return [listed(**{field: value(i, quote) for field, value in make.items()}) for i, quote in enumerate(quotes)]

    def of(plural, singular):
        return lambda i, quote: [f"{plural}/{quote[singular]}"]

    def word(words):
        return lambda i, quote: words[i % len(words)]

    def year(i, quote):
        return {"from": {"year": int(quote["year"])}, "to": {"year": int(quote["year"])}}

    def phrase(i, quote):
        text = re.findall(r"[A-Za-z]+", quote["text"]) or ["nothing"]
        at = i % max(1, len(text) - 2)
        return '"' + " ".join(text[at:at + 3]) + '"'

    def two(i, quote):
        return f"{common[i % len(common)]} {medium[i % len(medium)]}"

    def names(first):
        return [f"quotes/{quotes[(first + i) % len(quotes)]['id']}" for i in range(50)]

    speaker, outlet = of("speakers", "speaker"), of("outlets", "outlet")
    topic, section = of("topics", "topic"), of("topics", "section")
    listing, counting, timeline = f"{QUOTES}/ListQuotes", f"{QUOTES}/CountQuotes", f"{TIMELINE}/GetTimeline"
    moment = database.column("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")[0]

    def as_of(requests):
        return [{**request, "as_of": moment} for request in requests]

    grouped = [{**request, "group": "TIMELINE_GROUP_SPEAKER", "granularity": "GRANULARITY_YEAR"}
               for request in lists(topics=topic)]
    return [
        ("GetQuote", f"{QUOTES}/GetQuote", [{"name": f"quotes/{quote['id']}"} for quote in quotes]),
        ("GetQuote, as of now", f"{QUOTES}/GetQuote", as_of([{"name": f"quotes/{quote['id']}"} for quote in quotes])),
        ("BatchGetQuotes of 50", f"{QUOTES}/BatchGetQuotes", [{"names": names(first)} for first in range(len(quotes))]),
        ("newest of all", listing, [listed()]),
        ("newest of a speaker", listing, lists(speakers=speaker)),
        ("newest of a speaker, as of now", listing, as_of(lists(speakers=speaker))),
        ("newest on a topic, as of now", listing, as_of(lists(topics=topic))),
        ("newest in an outlet, as of now", listing, as_of(lists(outlets=outlet))),
        ("newest on a topic", listing, lists(topics=topic)),
        ("newest in a section of topics", listing, lists(topics=section)),
        ("newest of a speaker in a section", listing, lists(speakers=speaker, topics=section)),
        ("newest of a speaker in a section, in an outlet, in a year", listing,
         lists(speakers=speaker, topics=section, outlets=outlet, said=year)),
        ("newest in a section in an outlet in a year", listing, lists(topics=section, outlets=outlet, said=year)),
        ("newest on two topics", listing,
         [listed(topics=sorted({topic(i, quote)[0], topic(i + 1, quotes[(i + 1) % len(quotes)])[0]}))
          for i, quote in enumerate(quotes)]),
        ("newest of a speaker on a topic", listing, lists(speakers=speaker, topics=topic)),
        ("newest in an outlet", listing, lists(outlets=outlet)),
        ("newest of a speaker in a year", listing, lists(speakers=speaker, said=year)),
        ("words: rare", listing, lists(words=word(rare))),
        ("words: medium", listing, lists(words=word(medium))),
        ("words: medium, as of now", listing, as_of(lists(words=word(medium)))),
        ("words: common", listing, lists(words=word(common))),
        ("words: two", listing, lists(words=two)),
        ("words: a phrase", listing, lists(words=phrase)),
        ("words: medium, of a speaker", listing, lists(words=word(medium), speakers=speaker)),
        ("words: medium, on a topic", listing, lists(words=word(medium), topics=topic)),
        ("words: medium, in an outlet", listing, lists(words=word(medium), outlets=outlet)),
        ("words: medium, in a year", listing, lists(words=word(medium), said=year)),
        ("words: medium, in a section", listing, lists(words=word(medium), topics=section)),
        ("words: medium, of a speaker in a section in a year", listing,
         lists(words=word(medium), speakers=speaker, topics=section, said=year)),
        ("words: medium, in a section in an outlet in a year", listing,
         lists(words=word(medium), topics=section, outlets=outlet, said=year)),
        ("words: rare, in a section", listing, lists(words=word(rare), topics=section)),
        ("words: common, in a section", listing, lists(words=word(common), topics=section)),
        ("words: common, of a speaker", listing, lists(words=word(common), speakers=speaker)),
        ("words: two, in a year", listing, lists(words=two, said=year)),
        ("words: two, in an outlet", listing, lists(words=two, outlets=outlet)),
        ("words: a phrase, of a speaker", listing, lists(words=phrase, speakers=speaker)),
        ("words: a phrase, in a year", listing, lists(words=phrase, said=year)),
        ("words: common, best first", listing,
         [{**request, "order": "QUOTE_ORDER_RELEVANCE"} for request in lists(words=word(common))]),
        ("count: a common word", counting, lists(words=word(common))),
        ("count: a speaker", counting, lists(speakers=speaker)),
        ("count: a section in a year", counting, lists(topics=section, said=year)),
        ("timeline of a speaker", timeline, lists(speakers=speaker)),
        ("timeline of a speaker, as of now", timeline, as_of(lists(speakers=speaker))),
        ("timeline of a topic", timeline, lists(topics=topic)),
        ("timeline of a topic, as of now", timeline, as_of(lists(topics=topic))),
        ("timeline of a section", timeline, lists(topics=section)),
        ("timeline of an outlet", timeline, lists(outlets=outlet)),
        ("timeline of a speaker, by day of a year", timeline,
         [{**request, "granularity": "GRANULARITY_DAY"} for request in lists(speakers=speaker, said=year)]),
        ("timeline on a topic, by speaker", timeline, grouped),
        ("timeline of all", timeline, [listed()]),
        ("timeline of all by speaker", timeline, [{**listed(), "group": "TIMELINE_GROUP_SPEAKER"}]),
        ("timeline of all by topic", timeline, [{**listed(), "group": "TIMELINE_GROUP_TOPIC"}]),
        ("similar to a text", f"{UTTERANCES}/FindSimilarQuotes", [{"text": quote["text"]} for quote in quotes]),
        ("verify a text", f"{UTTERANCES}/VerifyQuote",
         [{"text": quote["text"], "speaker": f"speakers/{quote['speaker']}"} for quote in quotes]),
        ("trace", f"{UTTERANCES}/TraceQuote", [{"name": f"quotes/{quote['id']}"} for quote in quotes]),
        ("firsts of a word", f"{TIMELINE}/GetFirsts", [{"words": medium[i % len(medium)]} for i in range(len(quotes))]),
        ("outlets on a topic in a year", f"{TIMELINE}/CompareOutlets",
         [{"topic": f"topics/{quote['topic']}", "published": year(i, quote)} for i, quote in enumerate(quotes)]),
        *(questions_of_claims(database) if have_stances(database) else []),
    ]
