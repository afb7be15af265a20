import { INGESTION_JOB } from '@/modules/knowledge/ingestion/ingestion.rules.js';
import { DELIVERY_JOB } from '@/modules/webhooks/deliveries/delivery-queue.js';
import { EVALUATION_JOB } from '@/modules/xel/evaluations/evaluation-queue.js';
import type { TestApp } from '../app/test-app.js';
import { expectStatus } from '../http/responses.js';
import { waitUntilReady } from '../knowledge/ready-documents.js';
import type { UserWithId } from './given-organizations.js';
import type { MatrixCell, RequestSample, SampleFactory } from './permission-samples.js';

/** Documents of an owner that are ready, by their readers, with what was made of them. */
export interface KnowledgeRecords {
  /** A document of the organization. */
  documentId: string;
  chunkId: string;
  teamDocumentId: string;
  privateDocumentId: string;
  conversationDocumentId: string;
  collectionId: string;
  privateCollectionId: string;
  receiptId: string;
  /** Private ones, created with the API key. */
  createdWithKey: { documentId: string; receiptId: string };
}

const TEXT = 'The launch is in May.';
const QUESTION = { query: 'When is the launch?' };

interface KnowledgeOwner {
  owner: UserWithId;
  key: string;
  organizationId: string;
  teamId: string;
  conversationId: string;
}

export async function givenKnowledgeRecords(app: TestApp, given: KnowledgeOwner): Promise<KnowledgeRecords> {
  const { owner, key, organizationId: organization_id, teamId: team_id, conversationId } = given;
  const session = { authorization: `Bearer ${owner.accessToken}` };
  const create = async (url: string, body: object, headers: Record<string, string> = session) =>
    (await expectStatus(201, app.post(url, body, { headers }))).body.id as string;
  const addDocument = (fields: object, headers = session) =>
    create('/api/rag/documents', { title: 'Launch', text: TEXT, ...fields }, headers);
  const ask = async (headers: Record<string, string>) =>
    (await expectStatus(200, app.post('/api/rag/query', QUESTION, { headers }))).body.receipt_id as string;

  const shared = { visibility: 'organization', organization_id };
  const documentId = await addDocument(shared);
  const documents = {
    documentId,
    teamDocumentId: await addDocument({ visibility: 'team', team_id }),
    privateDocumentId: await addDocument({}),
    conversationDocumentId: await addDocument({
      visibility: 'conversation',
      conversation_id: conversationId,
    }),
  };
  const byKey = create('/api/rag/documents', { text: TEXT }, { 'x-api-key': key });
  const collections = {
    collectionId: await create('/api/rag/collections', { name: 'Handbook', ...shared }),
    privateCollectionId: await create('/api/rag/collections', { name: 'Notes' }),
  };
  for (const id of Object.values(documents)) await waitUntilReady(app, owner.accessToken, id);
  const chunks = await expectStatus(
    200,
    app.get(`/api/rag/documents/${documentId}/chunks`, { headers: session }),
  );
  return {
    ...documents,
    ...collections,
    chunkId: chunks.body[0].id as string,
    receiptId: await ask(session),
    createdWithKey: { documentId: await byKey, receiptId: await ask({ 'x-api-key': key }) },
  };
}

/** Jobs run again, for another fixture in the same database. */
export async function resumeIngestion(app: TestApp): Promise<void> {
  await app.sql('DROP TRIGGER IF EXISTS postpone_ingestion ON graphile_worker._private_jobs');
}

/** Jobs of the ingestion, of webhooks and of evaluations wait from now on: they would write while the rows of a snapshot are restored. */
export async function postponeIngestion(app: TestApp): Promise<void> {
  await app.sql(`
    CREATE OR REPLACE FUNCTION postpone_ingestion() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.task_id IN (SELECT id FROM graphile_worker._private_tasks
                         WHERE identifier IN ('${INGESTION_JOB}', '${DELIVERY_JOB}', '${EVALUATION_JOB}')) THEN
        NEW.run_at := now() + interval '1 day';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER postpone_ingestion BEFORE INSERT ON graphile_worker._private_jobs
      FOR EACH ROW EXECUTE FUNCTION postpone_ingestion()`);
}

const DOCUMENT = '/api/rag/documents/:document_id';
const COLLECTION = '/api/rag/collections/:collection_id';
const RECEIPT = '/api/rag/receipts/:receipt_id';

export function knowledgeSamples(): Record<string, SampleFactory> {
  return {
    ...documentSamples(),
    ...processingSamples(),
    ...collectionSamples(),
    'POST /api/knowledge/search': () => ({ body: QUESTION }),
    'POST /api/knowledge/search (in a conversation of another)': inConversation,
    'POST /api/rag/query': () => ({ body: QUESTION }),
    'POST /api/rag/query (in a conversation of another)': inConversation,
    [`GET ${RECEIPT} (made with a key)`]: ({ tenant: { knowledge } }) => ({
      params: { receipt_id: knowledge.createdWithKey.receiptId },
    }),
  };
}

const inConversation: SampleFactory = ({ tenant: place }) => ({
  body: { ...QUESTION, conversation_id: place.ownedRecords.conversationId },
});

/** Where a document is, and its id. */
const PLACES: readonly [string, (records: KnowledgeRecords) => string][] = [
  ['', ({ documentId }) => documentId],
  [' (of a team)', ({ teamDocumentId }) => teamDocumentId],
  [' (of a conversation)', ({ conversationDocumentId }) => conversationDocumentId],
  [' (private)', ({ privateDocumentId }) => privateDocumentId],
  [' (private, made with a key)', ({ createdWithKey }) => createdWithKey.documentId],
];

function documentSamples(): Record<string, SampleFactory> {
  const changes: readonly [string, RequestSample][] = [
    [`GET ${DOCUMENT}`, {}],
    [`PATCH ${DOCUMENT}`, { body: { title: 'Renamed' } }],
    [`PUT ${DOCUMENT}`, { body: { text: 'The launch is in June.' } }],
    [`DELETE ${DOCUMENT}`, {}],
  ];
  const samples = changes.flatMap(([route, sample]) =>
    PLACES.map(([note, getId]): [string, SampleFactory] => [
      route + note,
      ({ tenant: { knowledge } }) => ({ ...sample, params: { document_id: getId(knowledge) } }),
    ]),
  );
  const text = { text: 'The office is open from Monday to Friday.' };
  return {
    ...Object.fromEntries(samples),
    'POST /api/rag/documents': () => ({ body: text }),
    'POST /api/rag/documents (of the organization)': (cell) => ({
      body: { ...text, ...inOrganization(cell) },
    }),
    'POST /api/rag/documents (of a team)': ({ tenant: { teamId } }) => ({
      body: { ...text, visibility: 'team', team_id: teamId },
    }),
    'POST /api/rag/documents (of a conversation)': ({ tenant: { ownedRecords } }) => ({
      body: { ...text, visibility: 'conversation', conversation_id: ownedRecords.conversationId },
    }),
  };
}

function inOrganization({ tenant: { organizationId } }: MatrixCell): object {
  return { visibility: 'organization', organization_id: organizationId };
}

function processingSamples(): Record<string, SampleFactory> {
  const afterChange =
    (change: string): SampleFactory =>
    async ({ app, tenant: { knowledge } }) => {
      await app.sql(`UPDATE knowledge_document_versions SET ${change} WHERE document_id = $1`, [
        knowledge.documentId,
      ]);
      return {};
    };
  return {
    [`POST ${DOCUMENT}/cancel`]: afterChange(`status = 'queued'`),
    [`POST ${DOCUMENT}/retry`]: afterChange(`status = 'failed', error_code = 'timed_out'`),
  };
}

function collectionSamples(): Record<string, SampleFactory> {
  const ofOwner: SampleFactory = ({ tenant: { knowledge } }) => ({
    params: { collection_id: knowledge.privateCollectionId },
  });
  const rename = { body: { name: 'Renamed' } };
  const keep = { query: { documents: 'keep' } };
  const sync = { body: { files: [{ path: 'launch.md', sha256: 'a'.repeat(64) }] } };
  return {
    'POST /api/rag/collections': () => rename,
    'POST /api/rag/collections (of the organization)': (cell) => ({
      body: { ...rename.body, ...inOrganization(cell) },
    }),
    [`GET ${COLLECTION} (private)`]: ofOwner,
    [`PATCH ${COLLECTION}`]: () => rename,
    [`PATCH ${COLLECTION} (private)`]: async (cell) => ({ ...rename, ...(await ofOwner(cell)) }),
    [`DELETE ${COLLECTION}`]: () => keep,
    [`DELETE ${COLLECTION} (private)`]: async (cell) => ({ ...keep, ...(await ofOwner(cell)) }),
    [`POST ${COLLECTION}/sync`]: () => sync,
    [`POST ${COLLECTION}/sync (private)`]: async (cell) => ({ ...sync, ...(await ofOwner(cell)) }),
  };
}
