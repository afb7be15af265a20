// Measures the quality of the search in documents on a judged collection, beside plain ts_rank and plain BM25.
//   npm run eval:retrieval [-- PATH]
// PATH is a folder with documents.jsonl ({ id, title, text } a line), queries.tsv (id, a tab, the text) and qrels.txt
// (query 0 document grade); content/eval/retrieval by default. Needs a build, which npm run eval:retrieval makes.
// Each document is one passage, so that the same texts are ranked on all sides. The intervals are those of 95 % by the
// bootstrap over queries.
import { openCollection } from './collection.mjs';
import { bootstrap, measureQuery, MEASURES } from './measures.mjs';
import { KnowledgeSearchService } from '../../dist/src/modules/knowledge/retrieval/knowledge-search.service.js';

const DEPTH = 50;

/** Exact BM25 (k1 1.2, b 0.75) over the lexemes of PostgreSQL, computed here. */
async function buildBm25(sql) {
  const rows = await sql(
    `SELECT d.id, ARRAY(SELECT w.lexeme FROM unnest(d.words) w ORDER BY 1) AS lexemes,
       ARRAY(SELECT array_length(w.positions, 1) FROM unnest(d.words) w ORDER BY w.lexeme) AS counts
     FROM (SELECT id, to_tsvector('english', title || ' ' || text) AS words FROM plain) d`,
  );
  const postings = new Map();
  let total = 0;
  for (const { id, lexemes, counts } of rows) {
    const length = counts.reduce((sum, count) => sum + count, 0);
    total += length;
    lexemes.forEach((lexeme, index) => {
      if (!postings.has(lexeme)) postings.set(lexeme, []);
      postings.get(lexeme).push({ id, count: counts[index], length });
    });
  }
  const average = total / rows.length;
  return async (text) => {
    const words = await sql(`SELECT unnest(tsvector_to_array(to_tsvector('english', $1))) AS lexeme`, [text]);
    const scores = new Map();
    for (const { lexeme } of words) {
      const found = postings.get(lexeme) ?? [];
      const weight = Math.log(1 + (rows.length - found.length + 0.5) / (found.length + 0.5));
      for (const { id, count, length } of found) {
        const score = (weight * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * length) / average));
        scores.set(id, (scores.get(id) ?? 0) + score);
      }
    }
    return [...scores].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([id]) => id);
  };
}

const TS_RANK = `SELECT d.id FROM plain d, (
    SELECT string_agg(quote_literal(w), ' | ')::tsquery AS q FROM unnest(tsvector_to_array(to_tsvector('english', $1))) w
  ) query WHERE to_tsvector('english', title || ' ' || text) @@ q
  ORDER BY ts_rank(to_tsvector('english', title || ' ' || text), q) DESC, id LIMIT ${DEPTH}`;

async function buildSides({ app, sql, reader, ids }) {
  const search = app.get(KnowledgeSearchService, { strict: false });
  const query = { limit: DEPTH, scope: 'all', conversationId: null, filters: {} };
  return {
    'our search': async (text) => {
      const { hits } = await search.search(reader, { ...query, query: text.slice(0, 2000) });
      return hits.map(({ documentId }) => ids.get(documentId));
    },
    BM25: await buildBm25(sql),
    ts_rank: async (text) => (await sql(TS_RANK, [text])).map(({ id }) => id),
  };
}

async function measure({ queries, grades }, sides) {
  const measured = Object.fromEntries(Object.keys(sides).map((side) => [side, []]));
  const times = [];
  for (const [id, text] of queries) {
    const judged = grades.get(id);
    if (!judged) continue;
    for (const [side, rank] of Object.entries(sides)) {
      const began = performance.now();
      measured[side].push(measureQuery((await rank(text)).slice(0, DEPTH), judged));
      if (side === 'our search') times.push(performance.now() - began);
    }
  }
  return { measured, times: times.sort((a, b) => a - b) };
}

function report({ folder, documents }, { measured, times }) {
  const say = (text) => process.stdout.write(`${text}\n`);
  const sides = Object.keys(measured);
  say(`${folder}: ${documents.length} documents, ${measured[sides[0]].length} judged queries`);
  for (const measure of MEASURES) {
    say(measure);
    for (const side of sides)
      say(`  ${side.padEnd(12)} ${bootstrap(measured[side].map((row) => row[measure]))}`);
    const [ours, plain] = [measured['our search'], measured.BM25].map((rows) =>
      rows.map((row) => row[measure]),
    );
    say(`  ${'ours / BM25'.padEnd(12)} ${bootstrap(ours, plain)}`);
  }
  const at = (share) => times[Math.floor(share * (times.length - 1))].toFixed(1);
  say(`milliseconds of a search: median ${at(0.5)}, 95 % ${at(0.95)}`);
}

const collection = await openCollection(process.argv[2]);
try {
  report(collection, await measure(collection, await buildSides(collection)));
} finally {
  await collection.close();
}
