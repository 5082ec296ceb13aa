// The part of onrecord's QuoteService that reads, as one writes it by hand with grpc-js and pg: one query a call, names
// joined, appearances as JSON. It prints its address. Only there to be measured beside ours.
"use strict";
const path = require("path");
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");
const pg = require("pg");

const POOL = 16; // connections to PostgreSQL
const PAGE = 50;

// "host=/socket port=1 user=u dbname=d" as pg wants it.
function parseConnection(text) {
  const values = Object.fromEntries(text.split(" ").map((pair) => pair.split("=")));
  return { host: values.host, port: Number(values.port), user: values.user, database: values.dbname };
}

// Planned once, as our server does it: with plans made anew each time it is several times slower.
const pool = new pg.Pool({
  ...parseConnection(process.argv[2]), max: POOL, options: "-c plan_cache_mode=force_generic_plan" });

const COLUMNS = `
  q.id, q.text, s.slug AS speaker, s.display_name, q.described_as, q.kind, q.polarity, q.state, q.language, q.said_from,
  q.said_to, q.said_printed, q.said_basis, q.occurred_on::text, q.occurred_precision, q.note, q.revision, q.create_time,
  q.update_time, q.import_id,
  (SELECT array_agg(t.slug) FROM topics t WHERE t.id = ANY (q.topic_ids)) AS topics,
  (SELECT json_agg(json_build_object('id', a.id, 'outlet', o.slug, 'name', o.display_name, 'url', r.url,
     'headline', r.headline, 'article', r.id, 'published_from', a.published_from, 'published_to', a.published_to,
     'wording', a.wording, 'attribution', a.attribution, 'cue', a.cue, 'role', a.role) ORDER BY a.published_from)
   FROM appearances a LEFT JOIN outlets o ON o.id = a.outlet_id LEFT JOIN articles r ON r.id = a.article_id
   WHERE a.quote_id = q.id) AS appearances`;

const GET = `SELECT ${COLUMNS} FROM quotes q LEFT JOIN speakers s ON s.id = q.speaker_id WHERE q.id = ANY ($1)`;
const LIST = `SELECT ${COLUMNS} FROM quotes q JOIN speakers s ON s.id = q.speaker_id
  WHERE q.speaker_id = (SELECT id FROM speakers WHERE slug = $1) AND q.state = 1 AND q.polarity = 1 ORDER BY q.occurred_on DESC, q.id DESC LIMIT ${PAGE}`;

function toDate(number) {
  return { year: Math.floor(number / 10000), month: Math.floor(number / 100) % 100 % 99, day: number % 100 % 99 };
}

function toInterval(from, to) {
  return { from: from === 0 ? null : toDate(from), to: to === 999999999 ? null : toDate(to) };
}

function toTime(date) {
  return { seconds: Math.floor(date.getTime() / 1000), nanos: (date.getTime() % 1000) * 1000000 };
}

function toQuote(row) {
  const [year, month, day] = row.occurred_on.split("-").map(Number);
  return {
    name: `quotes/${row.id.replaceAll("-", "")}`,
    text: row.text,
    speaker: row.speaker ? `speakers/${row.speaker}` : "",
    speakerDisplayName: row.display_name || "",
    describedAs: row.described_as,
    kind: row.kind,
    polarity: row.polarity,
    state: row.state,
    language: row.language,
    said: { ...toInterval(row.said_from, row.said_to), printed: row.said_printed, basis: row.said_basis },
    topics: (row.topics || []).map((slug) => `topics/${slug}`),
    note: row.note,
    occurred: { year, month, day },
    occurredPrecision: row.occurred_precision,
    etag: String(row.revision),
    createTime: toTime(row.create_time),
    updateTime: toTime(row.update_time),
    import: row.import_id ? `imports/${row.import_id}` : "",
    appearances: (row.appearances || []).map((a) => ({
      id: a.id.replaceAll("-", ""),
      outlet: a.outlet ? `outlets/${a.outlet}` : "",
      outletDisplayName: a.name || "",
      article: a.article
        ? { name: `articles/${a.article.replaceAll("-", "")}`, url: a.url, headline: a.headline } : null,
      published: toInterval(a.published_from, a.published_to),
      wording: a.wording,
      attribution: a.attribution,
      cue: a.cue,
      role: a.role,
    })),
  };
}

// A handler out of an asynchronous function.
function handle(answer) {
  return (call, callback) => {
    answer(call.request).then((response) => callback(null, response), (error) => callback({
      code: error.code === grpc.status.NOT_FOUND ? error.code : grpc.status.INTERNAL, message: error.message }));
  };
}

function toUuid(name) {
  return name.slice("quotes/".length);
}

async function getQuote(request) {
  const { rows } = await pool.query({ name: "get", text: GET, values: [[toUuid(request.name)]] });
  if (rows.length === 0) throw Object.assign(new Error(`${request.name} does not exist`), { code: grpc.status.NOT_FOUND });
  return { quote: toQuote(rows[0]) };
}

async function batchGetQuotes(request) {
  const { rows } = await pool.query({ name: "get", text: GET, values: [request.names.map(toUuid)] });
  const found = new Map(rows.map((row) => [`quotes/${row.id.replaceAll("-", "")}`, row]));
  return {
    quotes: request.names.filter((name) => found.has(name)).map((name) => toQuote(found.get(name))),
    missing: request.names.filter((name) => !found.has(name)),
  };
}

async function listQuotes(request) {
  const speaker = request.filter.speakers[0].slice("speakers/".length);
  const { rows } = await pool.query({ name: "list", text: LIST, values: [speaker] });
  return { quotes: rows.map(toQuote) };
}

const root = path.join(__dirname, "../../../proto");
const definition = loader.loadSync("onrecord/v1/quotes.proto", { includeDirs: [root], keepCase: false });
const service = grpc.loadPackageDefinition(definition).onrecord.v1.QuoteService.service;
const server = new grpc.Server();
server.addService(service, {
  getQuote: handle(getQuote), batchGetQuotes: handle(batchGetQuotes), listQuotes: handle(listQuotes) });
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(`127.0.0.1:${port}`);
});
