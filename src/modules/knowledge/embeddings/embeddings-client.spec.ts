import fc from 'fast-check';
import { ModelFailure } from '@/modules/ai/index.js';
import { parseConfig } from '@/platform/config/index.js';
import { TestClock } from '@test/support/app/test-clock.js';
import { FakeModelServer } from '@test/support/knowledge/fake-model-server.js';
import { decodeVectors, encodeVectors, toUnitVector } from './embedding-vector.js';
import { EmbeddingsClient } from './embeddings-client.js';

const KEY = 'sk-very-secret-0123456789';
const vectorsOf = (...vectors: unknown[]) => ({
  body: { data: vectors.map((embedding, index) => ({ index, embedding })) },
});

describe('the embeddings client', () => {
  let fake: FakeModelServer;
  let client: EmbeddingsClient;
  let inTransaction = false;
  const { signal } = new AbortController();

  beforeEach(async () => {
    fake = await FakeModelServer.start();
    const config = parseConfig({
      EMBEDDINGS_BASE_URL: fake.url,
      EMBEDDINGS_API_KEY: KEY,
      EMBEDDINGS_MODEL: 'words-1',
      AI_PROVIDER_TIMEOUT_MS: '5000',
    });
    const unitOfWork = {
      assertNoTransaction: () => {
        if (inTransaction) throw new Error('in a transaction');
      },
    };
    client = new EmbeddingsClient(config, new TestClock(), unitOfWork as never);
  });
  afterEach(async () => {
    inTransaction = false;
    await client.onApplicationShutdown();
    await fake.stop();
  });

  const countRequests = (): number => fake.requests.length;
  const failure = (work: Promise<unknown>): Promise<unknown> => work.then(fail, (error: unknown) => error);
  const fail = (): never => {
    throw new Error('The call succeeded.');
  };

  it('requests vectors in the form of OpenAI, and returns them in the order of the texts', async () => {
    const [car, automobile, doctor] = await client.embedTexts(['car', 'automobile', 'doctor'], signal);
    expect(car).toEqual(automobile);
    expect(car).not.toEqual(doctor);
    expect(fake.requests[0]).toMatchObject({
      path: '/embeddings',
      body: { model: 'words-1', input: ['car', 'automobile', 'doctor'], encoding_format: 'float' },
      headers: { authorization: `Bearer ${KEY}` },
    });
  });

  it('limits the texts of one request, and the length of each', async () => {
    const texts = Array.from({ length: 70 }, (_, index) => `text ${'x'.repeat(index)}`);
    expect(await client.embedTexts(texts, signal)).toHaveLength(70);
    expect(fake.bodies('/embeddings').map(({ input }) => (input as string[]).length)).toEqual([32, 32, 6]);
    await client.embedTexts(
      Array.from({ length: 10 }, () => 'word '.repeat(4000)),
      signal,
    );
    const sizes = fake
      .bodies('/embeddings')
      .slice(3)
      .map(({ input }) => (input as string[]).join('').length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(64_000);
    expect(sizes).toHaveLength(2);
  });

  it('has no vector for a text that gets zeros, infinities or no numbers', async () => {
    fake.intercept = () => ({
      body: `{"data":[{"index":0,"embedding":[0,0]},{"index":1,"embedding":[null,1]},{"index":2,"embedding":[1e999,1]},
        {"index":3,"embedding":[]},{"index":4},{"index":5,"embedding":[3,4]}]}`,
    });
    const embeddings = await client.embedTexts(['a', 'b', 'c', 'd', 'e', 'f'], signal);
    expect(embeddings).toEqual([null, null, null, null, null, Float32Array.from([0.6, 0.8])]);
  });

  it.each([
    ['too few vectors', vectorsOf([1, 0])],
    ['vectors of several sizes', vectorsOf([1, 0], [1, 0, 0])],
    ['an index twice', { body: { data: [0, 0].map((index) => ({ index, embedding: [1] })) } }],
    ['the number NaN', { body: '{"data":[{"embedding":[NaN]},{"embedding":[1]}]}' }],
    ['no list', { body: { data: {} } }],
    ['no object', { body: [] }],
  ])('refuses an answer with %s', async (_, answer) => {
    fake.intercept = () => answer;
    const error = await failure(
      client.embedQuery('a', 2000).then(() => client.embedTexts(['a', 'b'], signal)),
    );
    expect(error).toMatchObject({ reason: 'malformed_answer' });
  });

  it('asks again when the server is busy, and not when it refuses the key', async () => {
    fake.intercept = () =>
      countRequests() < 3 ? { status: 429, headers: { 'retry-after': '0' }, body: {} } : undefined;
    expect(await client.embedTexts(['car'], signal)).toHaveLength(1);
    expect(countRequests()).toBe(3);
    fake.intercept = () => ({ status: 401, body: { error: { message: `Incorrect API key: ${KEY}` } } });
    const error = await failure(client.embedTexts(['car'], signal));
    expect(error).toBeInstanceOf(ModelFailure);
    expect(error).toMatchObject({ reason: 'key_rejected' });
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(KEY);
    expect(countRequests()).toBe(4);
  });

  it('leaves out only the text that the server refuses', async () => {
    fake.intercept = (_, { input }) =>
      (input as string[]).includes('too long')
        ? { status: 400, body: { error: { message: 'no' } } }
        : undefined;
    const embeddings = await client.embedTexts(['car', 'too long', 'doctor'], signal);
    expect(embeddings.map((embedding) => embedding === null)).toEqual([false, true, false]);
  });

  it('asks once for the vector of a query, within its time limit', async () => {
    fake.intercept = () => ({});
    expect(await failure(client.embedQuery('car', 1500))).toMatchObject({ reason: 'no_answer_in_time' });
    expect(countRequests()).toBe(1);
  });

  it('stops with its signal, and never asks in a transaction', async () => {
    const controller = new AbortController();
    fake.intercept = () => ({});
    const stopped = failure(client.embedTexts(['car'], controller.signal));
    controller.abort(new Error('stopped'));
    expect(await stopped).toMatchObject({ message: 'stopped' });
    inTransaction = true;
    expect(await failure(client.embedTexts(['car'], signal))).toMatchObject({ message: 'in a transaction' });
  });
});

describe('unit vectors', () => {
  const component = fc.double({ noNaN: true, noDefaultInfinity: true });

  it('have the length 1, and survive being stored', () => {
    fc.assert(
      fc.property(fc.array(component, { minLength: 1, maxLength: 40 }), (values) => {
        const vector = toUnitVector(values);
        if (values.every((value) => value === 0)) return vector === null;
        const length = Math.hypot(...(vector ?? []));
        expect(length).toBeCloseTo(1, 4);
        expect(decodeVectors(encodeVectors([vector ?? new Float32Array()]), values.length)).toEqual(vector);
      }),
    );
  });
});
