import type { TestApp } from '../app/test-app.js';
import { expectStatus } from '../auth/given-users.js';
import type { Person } from './given-organizations.js';
import type { MakeSample } from './permission-samples.js';

/** Personal things of an owner: made in person, and made with a key of the organization. */
export interface Belongings {
  conversationId: string;
  noteId: string;
  generationId: string;
  /** Made with the key. */
  kept: { conversationId: string; noteId: string };
}

export async function givenBelongings(
  app: TestApp,
  { accessToken: token }: Person,
  key: string,
): Promise<Belongings> {
  const stream = app.post('/api/ai/generate', { message: 'Hello there', stream: true }, { token });
  const [, generationId = ''] = /"generation_id":"([^"]+)"/.exec((await stream).text) ?? [];
  return {
    ...(await givenPair(app, { authorization: `Bearer ${token}` })),
    generationId,
    kept: await givenPair(app, { 'x-api-key': key }),
  };
}

async function givenPair(
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

const CONVERSATION = '/api/core/conversations/:conversation_id';
const NOTE = '/api/core/notes/:note_id';
const KEPT = '(made with a key)';

export function conversationSamples(): Record<string, MakeSample> {
  const rename = { title: 'Renamed' };
  const rewrite = { content: 'The launch is in June.' };
  return {
    'POST /api/ai/generate': () => ({ body: { message: 'When is the launch?' } }),
    'POST /api/ai/generate (in a conversation of another)': ({ place }) => ({
      body: { message: 'When is the launch?', conversation_id: place.belongings.conversationId },
    }),
    'POST /api/core/conversations': () => ({ body: {} }),
    [`PATCH ${CONVERSATION}`]: () => ({ body: rename }),
    [`GET ${CONVERSATION} ${KEPT}`]: kept,
    [`GET ${CONVERSATION}/messages ${KEPT}`]: kept,
    [`PATCH ${CONVERSATION} ${KEPT}`]: (cell) => ({ ...kept(cell), body: rename }),
    [`DELETE ${CONVERSATION} ${KEPT}`]: kept,
    [`POST ${CONVERSATION}/session/activity`]: afterStart,
    [`POST ${CONVERSATION}/session/end`]: afterStart,
    'POST /api/core/notes': () => ({ body: rewrite }),
    'POST /api/core/notes (in a conversation of another)': ({ place }) => ({
      body: { ...rewrite, conversation_id: place.belongings.conversationId },
    }),
    [`PUT ${NOTE}`]: () => ({ body: rewrite }),
    [`GET ${NOTE} ${KEPT}`]: kept,
    [`PUT ${NOTE} ${KEPT}`]: (cell) => ({ ...kept(cell), body: rewrite }),
    'GET /api/core/search': () => ({ query: { q: 'launch' } }),
  };
}

const kept = ({ place }: Parameters<MakeSample>[0]): { params: Record<string, string> } => {
  const { conversationId, noteId } = place.belongings.kept;
  return { params: { conversation_id: conversationId, note_id: noteId } };
};

const afterStart: MakeSample = async ({ app, place, caller: { headers } }) => {
  await app.post(`/api/core/conversations/${place.belongings.conversationId}/session/start`, undefined, {
    headers,
  });
  return {};
};
