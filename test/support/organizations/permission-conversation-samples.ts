import type { TestApp } from '../app/test-app.js';
import { expectStatus } from '../http/responses.js';
import type { UserWithId } from './given-organizations.js';
import type { SampleFactory } from './permission-samples.js';

/** Records of an owner, created in a session and with an API key of the organization. */
export interface OwnedRecords {
  conversationId: string;
  noteId: string;
  generationId: string;
  /** Created with the API key. */
  createdWithKey: { conversationId: string; noteId: string };
}

export async function givenOwnedRecords(
  app: TestApp,
  { accessToken: token }: UserWithId,
  key: string,
): Promise<OwnedRecords> {
  const stream = app.post('/api/ai/generate', { message: 'Hello there', stream: true }, { token });
  const [, generationId = ''] = /"generation_id":"([^"]+)"/.exec((await stream).text) ?? [];
  return {
    ...(await givenConversationAndNote(app, { authorization: `Bearer ${token}` })),
    generationId,
    createdWithKey: await givenConversationAndNote(app, { 'x-api-key': key }),
  };
}

async function givenConversationAndNote(
  app: TestApp,
  headers: Record<string, string>,
): Promise<{ conversationId: string; noteId: string }> {
  const conversation = app.post('/api/core/conversations', { title: 'Plans' }, { headers });
  const note = app.post('/api/core/notes', { content: 'The launch is in May.' }, { headers });
  return {
    conversationId: (await expectStatus(201, conversation)).body.id as string,
    noteId: (await expectStatus(201, note)).body.id as string,
  };
}

const CONVERSATION_ROUTE = '/api/core/conversations/:conversation_id';
const NOTE_ROUTE = '/api/core/notes/:note_id';
const CREATED_WITH_KEY = '(made with a key)';

export function conversationSamples(): Record<string, SampleFactory> {
  const rename = { title: 'Renamed' };
  const rewrite = { content: 'The launch is in June.' };
  return {
    'POST /api/ai/generate': () => ({ body: { message: 'When is the launch?' } }),
    'POST /api/ai/generate (in a conversation of another)': ({ tenant: place }) => ({
      body: { message: 'When is the launch?', conversation_id: place.ownedRecords.conversationId },
    }),
    'POST /v1/chat/completions': () => ({
      body: { model: 'auto', messages: [{ role: 'user', content: 'When is the launch?' }] },
    }),
    'GET /v1/models/:model': () => ({ params: { model: 'local%2Flocal-extractive' } }),
    'POST /api/core/conversations': () => ({ body: {} }),
    [`PATCH ${CONVERSATION_ROUTE}`]: () => ({ body: rename }),
    [`GET ${CONVERSATION_ROUTE} ${CREATED_WITH_KEY}`]: keyRecordParams,
    [`GET ${CONVERSATION_ROUTE}/messages ${CREATED_WITH_KEY}`]: keyRecordParams,
    [`PATCH ${CONVERSATION_ROUTE} ${CREATED_WITH_KEY}`]: (cell) => ({
      ...keyRecordParams(cell),
      body: rename,
    }),
    [`DELETE ${CONVERSATION_ROUTE} ${CREATED_WITH_KEY}`]: keyRecordParams,
    [`POST ${CONVERSATION_ROUTE}/session/activity`]: afterSessionStart,
    [`POST ${CONVERSATION_ROUTE}/session/end`]: afterSessionStart,
    'POST /api/core/notes': () => ({ body: rewrite }),
    'POST /api/core/notes (in a conversation of another)': ({ tenant: place }) => ({
      body: { ...rewrite, conversation_id: place.ownedRecords.conversationId },
    }),
    [`PUT ${NOTE_ROUTE}`]: () => ({ body: rewrite }),
    [`GET ${NOTE_ROUTE} ${CREATED_WITH_KEY}`]: keyRecordParams,
    [`PUT ${NOTE_ROUTE} ${CREATED_WITH_KEY}`]: (cell) => ({ ...keyRecordParams(cell), body: rewrite }),
    'GET /api/core/search': () => ({ query: { q: 'launch' } }),
  };
}

const keyRecordParams = ({
  tenant: place,
}: Parameters<SampleFactory>[0]): { params: Record<string, string> } => {
  const { conversationId, noteId } = place.ownedRecords.createdWithKey;
  return { params: { conversation_id: conversationId, note_id: noteId } };
};

const afterSessionStart: SampleFactory = async ({ app, tenant: place, caller: { headers } }) => {
  await app.post(`/api/core/conversations/${place.ownedRecords.conversationId}/session/start`, undefined, {
    headers,
  });
  return {};
};
