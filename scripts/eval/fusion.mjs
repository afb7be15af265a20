// Measures the search by words, that by meaning, and their fusion on a judged collection, for models of various quality.
//   npm run eval:fusion [-- PATH]
// PATH is a folder as for retrieval.mjs. The models are deterministic and need no network: see models.mjs. Needs a build, which
// npm run eval:fusion makes. The intervals are those of 95 % by the bootstrap over queries.
import { openCollection } from './collection.mjs';
import { bootstrap, measureQuery } from './measures.mjs';
import { cosine, MODELS } from './models.mjs';
import { KnowledgeSearchService } from '../../dist/src/modules/knowledge/retrieval/knowledge-search.service.js';
import { VectorArms } from '../../dist/src/modules/knowledge/retrieval/vector-arms.js';

const MEASURE = 'nDCG@10';
const LIMIT = 10;
const say = (text) => process.stdout.write(`${text}\n`);

const collection = await openCollection(process.argv[2]);
try {
  const { app, sql, reader, ids, documents, queries, grades } = collection;
  const chunks = await sql('SELECT id, document_id FROM knowledge_chunks');
  const texts = new Map(documents.map((document) => [document.id, document.text]));
  const search = app.get(KnowledgeSearchService, { strict: false });
  const arm = { search: async () => [] };
  app.get(VectorArms, { strict: false }).register({ search: (...values) => arm.search(...values) });
  const judged = queries.filter(([id]) => grades.has(id));

  const run = async () => {
    const values = [];
    for (const [id, text] of judged) {
      const query = {
        query: text.slice(0, 2000),
        limit: LIMIT,
        scope: 'all',
        conversationId: null,
        filters: {},
      };
      const { hits } = await search.search(reader, query);
      values.push(
        measureQuery(
          hits.map(({ documentId }) => ids.get(documentId)),
          grades.get(id),
        )[MEASURE],
      );
    }
    return values;
  };
  const rank = (embed, vectors, text, limit) => {
    const vector = embed(text);
    return chunks
      .map(({ id, document_id: documentId }, index) => ({
        id,
        documentId,
        score: cosine(vector, vectors[index]),
      }))
      .sort((one, other) => other.score - one.score)
      .slice(0, limit);
  };

  const lexical = await run();
  say(`${judged.length} questions, ${MEASURE} by words ${bootstrap(lexical)}`);
  for (const [name, createModel] of Object.entries(MODELS)) {
    const embed = createModel(documents, queries, grades);
    const vectors = chunks.map(({ document_id: id }) => embed(texts.get(ids.get(id))));
    arm.search = async (_, { query }, limit) => rank(embed, vectors, query, limit);
    const fused = await run();
    const vector = judged.map(([id, text]) => {
      const ranking = rank(embed, vectors, text, LIMIT).map(({ documentId }) => ids.get(documentId));
      return measureQuery(ranking, grades.get(id))[MEASURE];
    });
    const sum = (values) => values.reduce((total, value) => total + value, 0);
    const better = sum(vector) > sum(lexical) ? vector : lexical;
    say(
      [
        name.padEnd(20),
        'by meaning',
        bootstrap(vector),
        ' fused',
        bootstrap(fused),
        ' fused / better',
        bootstrap(fused, better),
      ].join(' '),
    );
  }
} finally {
  await collection.close();
}
