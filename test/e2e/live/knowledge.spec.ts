import type { Scope } from '@/platform/access/scopes.js';
import type { FakeProvider } from '@scripts/fake-provider.js';
import { type AiApp, givenAiApp } from '@test/support/ai/ai-app.js';
import { givenApiKey } from '@test/support/auth/api-keys.js';
import { expectStatus } from '@test/support/http/responses.js';
import { givenReadyDocument } from '@test/support/knowledge/ready-documents.js';
import { FakeSpeechServer } from '@test/support/live/fake-speech-server.js';
import { givenLiveSession, startLive } from '@test/support/live/live-sessions.js';
import { LiveSocketClient, type ReceivedEvent, refusalOf } from '@test/support/live/live-socket-client.js';
import { framesOf, silence, tone } from '@test/support/live/tones.js';
import {
  givenOwnerWithId,
  givenUserWithId,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const FEES = {
  title: 'Course fees',
  text: 'A deposit of 80 euros is due with the application.\n\nThe fee of an evening course is 340 euros.',
};
const QUESTION = 'How much is the deposit?';
const SENTENCE = 'A deposit of 80 euros is due with the application. [1]';
const INVENTED = 'The moon is made of cheese and 17 cows.';
const NOT_SUPPORTED = 'Your documents do not answer this question.';

jest.setTimeout(90_000);

describe('a live session with the documents of its user', () => {
  let speech: FakeSpeechServer;
  let ai: AiApp;
  let model: FakeProvider;
  let user: UserWithId;
  let documentId: string;

  beforeAll(async () => {
    speech = await FakeSpeechServer.start();
    speech.msPerCharacter = 2;
    ai = await givenAiApp(['model'], { env: speech.environment('cascade') });
    model = ai.fakeProviders.model as FakeProvider;
    user = await givenUserWithId(ai.app);
    documentId = await givenReadyDocument(ai.app, user.accessToken, FEES);
  });
  afterAll(async () => {
    await ai.stop();
    await speech.stop();
  });

  async function talk(by = user, request: object = { use_knowledge: true }): Promise<LiveSocketClient> {
    await givenLiveSession(ai.app, by, request);
    const client = await LiveSocketClient.open(ai.app, { token: by.accessToken });
    await client.waitFor('session.ready');
    return client;
  }

  async function end(client: LiveSocketClient): Promise<void> {
    client.send('session.end');
    await client.closed;
  }

  const sourcesOf = (client: LiveSocketClient): ReceivedEvent['data'][] =>
    client.events.filter(({ type }) => type === 'ai.sources').flatMap(({ data }) => data.sources);

  it('answers a text with supported sentences only, and names their sources before the text', async () => {
    const client = await talk();
    model.script({ text: [`${INVENTED} `, `${SENTENCE} `] });
    client.send('text.input', { text: QUESTION });
    const { data } = await client.waitFor('turn.ended');
    expect(data).toMatchObject({ reason: 'completed', generated_text: SENTENCE });
    const [source] = sourcesOf(client);
    expect(source).toMatchObject({ n: 1, document_id: documentId, title: FEES.title });
    expect(FEES.text.slice(source.start, source.end)).toBe(source.content);
    const types = client.types();
    expect(types.indexOf('ai.sources')).toBeLessThan(types.indexOf('ai.text'));
    const prompt = JSON.stringify(model.requests.at(-1)?.body);
    expect(prompt).toContain('A deposit of 80 euros');
    await end(client);
  });

  it('understands a follow-up', async () => {
    const client = await talk();
    model.script({ text: SENTENCE });
    client.send('text.input', { text: QUESTION });
    const first = await client.waitFor('turn.ended');
    model.script({ text: 'It is due with the application. [1]' });
    client.send('text.input', { text: 'And when is it due?' });
    await client.waitFor(({ type, seq }) => type === 'turn.ended' && seq > first.seq);
    expect(sourcesOf(client)).toHaveLength(2);
    await end(client);
  });

  it('answers speech, and reads out no citation', async () => {
    const client = await talk();
    model.script({ text: [SENTENCE] });
    speech.transcripts.push(QUESTION);
    for (const frame of framesOf(Buffer.concat([tone(400), silence(520)]))) client.socket.send(frame);
    const { data } = await client.waitFor('turn.ended');
    expect(data).toMatchObject({ reason: 'completed', heard_text: SENTENCE });
    expect(sourcesOf(client)).toHaveLength(1);
    expect(speech.spoken.join(' ')).toContain('A deposit of 80 euros');
    expect(speech.spoken.join(' ')).not.toContain('[1]');
    await end(client);
  });

  it.each([
    ['the documents do not answer it', true],
    ['no passage is found', false],
  ])('says so when %s', async (_when, hasDocuments) => {
    const client = await talk(hasDocuments ? user : await givenUserWithId(ai.app));
    model.script({ text: INVENTED });
    client.send('text.input', { text: QUESTION });
    const { data } = await client.waitFor('turn.ended');
    expect(data).toMatchObject({ reason: 'completed', generated_text: NOT_SUPPORTED });
    expect(sourcesOf(client)).toEqual([]);
    await end(client);
  });

  it('uses no documents unless it was asked to', async () => {
    const client = await talk(user, {});
    model.script({ text: INVENTED });
    client.send('text.input', { text: QUESTION });
    expect((await client.waitFor('turn.ended')).data).toMatchObject({ generated_text: INVENTED });
    expect(JSON.stringify(model.requests.at(-1)?.body)).not.toContain('80 euros');
    await end(client);
  });

  it('stops an answer, and hides its sources, when the document is lost', async () => {
    const id = await givenReadyDocument(ai.app, user.accessToken, {
      title: 'Pool rules',
      text: 'Bathers shower before the swimming pool.',
    });
    const client = await talk();
    model.script({ text: ['Bathers shower before the swimming pool. [1] ', 'They '], hold: 2 });
    client.send('text.input', { text: 'What do bathers do before the swimming pool?' });
    await client.waitFor('ai.text');
    expect(sourcesOf(client)[0]).toMatchObject({ document_id: id });
    await expectStatus(204, ai.app.delete(`/api/rag/documents/${id}`, { token: user.accessToken }));
    const { data } = await client.waitFor('turn.ended');
    expect(data).toMatchObject({ reason: 'failed' });
    expect(client.events.find(({ type }) => type === 'error')?.data).toMatchObject({ code: 'sources_gone' });
    const again = await LiveSocketClient.open(ai.app, { token: user.accessToken });
    again.send('session.resume', { last_seq: 1 });
    await again.waitFor('ai.sources');
    expect(sourcesOf(again)).toEqual([{ n: 1, state: 'gone' }]);
    await end(again);
  });

  it('needs the scope rag:read for the start and for the socket', async () => {
    const owner = await givenOwnerWithId(ai.app);
    const { organizationId } = owner;
    const key = (scopes: Scope[]): ReturnType<typeof givenApiKey> =>
      givenApiKey(ai.app, { organizationId, by: owner, scopes });
    const [live, both] = [await key(['live:write']), await key(['live:write', 'rag:read'])];
    const refused = await expectStatus(403, startLive(ai.app, live, { use_knowledge: true }));
    expect(refused.body).toMatchObject({ code: 'insufficient_api_key_scope' });
    expect(refused.text).toContain('rag:read');
    await givenLiveSession(ai.app, both, { use_knowledge: true });
    const open = (key: string): Promise<LiveSocketClient> => LiveSocketClient.open(ai.app, { key });
    expect(await refusalOf(open(live.key))).toEqual([403, 'insufficient_api_key_scope']);
    await end(await open(both.key));
  });
});
