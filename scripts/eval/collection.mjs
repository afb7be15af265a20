import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openPostgres } from '../bench/servers.mjs';
import { createApp } from '../../dist/src/app.js';
import { ChunkIndexService } from '../../dist/src/modules/knowledge/chunks/chunk-index.service.js';
import { parseConfig } from '../../dist/src/platform/config/index.js';
import { UnitOfWork } from '../../dist/src/platform/persistence/index.js';

const USER = randomUUID();
const PARTITION = randomUUID();

const DEFAULT_FOLDER = fileURLToPath(new URL('../../content/eval/retrieval', import.meta.url));

/** Reads a judged collection; see retrieval.mjs for its files. */
function readCollection(folder) {
  const readLines = (name) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '');
  const documents = readLines('documents.jsonl').map((line) => JSON.parse(line));
  const queries = readLines('queries.tsv').map((line) => line.split('\t'));
  const grades = new Map();
  for (const line of readLines('qrels.txt')) {
    const [query, , document, grade] = line.split(/\s+/);
    if (!grades.has(query)) grades.set(query, new Map());
    grades.get(query).set(document, Number(grade));
  }
  return { folder, documents, queries, grades };
}

/** Starts the application with the documents of a collection. `ids` has their ids by those of the server. */
export async function openCollection(path = DEFAULT_FOLDER) {
  const collection = readCollection(resolve(path));
  const postgres = await openPostgres();
  const app = await createApp({
    config: parseConfig({
      NODE_ENV: 'test',
      DATABASE_URL: await postgres.createDatabase(),
      APP_SECRET: randomBytes(36).toString('base64'),
      LOG_LEVEL: 'silent',
    }),
  });
  const close = async () => {
    await app.close();
    await postgres.close();
  };
  await app.init();
  const unitOfWork = app.get(UnitOfWork);
  const sql = (text, values = []) => unitOfWork.dataSource.query(text, values);
  const reader = await toReader(sql);
  const ids = await writeDocuments(app, sql, collection.documents);
  return { ...collection, app, sql, reader, ids, close };
}

/** Creates a user with an empty knowledge base. */
async function toReader(sql) {
  await sql(
    `INSERT INTO users (id, username, email, password_hash, created_at, updated_at)
     VALUES ($1, 'reader', 'reader@example.com', 'x', now(), now())`,
    [USER],
  );
  await sql(`INSERT INTO knowledge_partitions (id, visibility, owner_id) VALUES ($1, 'private', $2)`, [
    PARTITION,
    USER,
  ]);
  return { userId: USER, organizationId: null, hasSecondFactor: false };
}

/** Writes each document as one passage, and the plain texts into a table. Returns their ids by those of the server. */
async function writeDocuments(app, sql, documents) {
  const index = app.get(ChunkIndexService, { strict: false });
  const unitOfWork = app.get(UnitOfWork);
  await sql('CREATE TABLE plain (id text PRIMARY KEY, title text NOT NULL, text text NOT NULL)');
  const ids = new Map();
  for (const document of documents) {
    const id = randomUUID();
    ids.set(id, document.id);
    await sql('INSERT INTO plain (id, title, text) VALUES ($1, $2, $3)', [
      document.id,
      document.title,
      document.text,
    ]);
    await unitOfWork.run(() => writeDocument(index, unitOfWork.manager, id, document));
  }
  await sql('ANALYZE');
  return ids;
}

async function writeDocument(index, manager, id, { title, text }) {
  const versionId = randomUUID();
  await manager.query(
    `INSERT INTO knowledge_documents (id, partition_id, title, metadata, version, created_at, updated_at)
     VALUES ($1, $2, $3, '{}', 1, now(), now())`,
    [id, PARTITION, title],
  );
  await manager.query(
    `INSERT INTO knowledge_document_versions (id, document_id, version, filename, content_type, size, sha256, status,
       progress_percent, warnings, language, chunk_count, text_length, created_at, updated_at)
     VALUES ($1, $2, 1, 'text.txt', 'text/plain', 1, 'x', 'processing', 100, '{}', 'en', 1, 1, now(), now())`,
    [versionId, id],
  );
  const end = text.length;
  const chunk = { ordinal: 0, start: 0, end, parentStart: 0, parentEnd: end, page: null, headingPath: [] };
  await index.stage({ versionId, language: 'en' }, [{ ...chunk, context: title, content: text }]);
  await index.replace({ id, versionId, partitionId: PARTITION, chunkCount: 1 });
  await manager.query(
    `WITH ready AS (UPDATE knowledge_document_versions SET status = 'ready' WHERE id = $2)
     UPDATE knowledge_documents SET ready_version = 1, ready_version_id = $2 WHERE id = $1`,
    [id, versionId],
  );
}
