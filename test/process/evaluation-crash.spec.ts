import { FakeProvider } from '@scripts/fake-provider.js';
import { buildServer, ServerProcess, waitUntil } from '../support/app/server-process.js';
import { TEST_APP_SECRET } from '../support/app/test-secret.js';
import { PASSWORD } from '../support/auth/given-users.js';
import { cloneDatabase, type TestDatabase } from '../support/database/databases.js';
import { judgementAnswer } from '../support/xel/judgements.js';

const TEXT =
  'Last summer I went to Spain with my friends. We stayed in a small hotel near the beach. Every day we swam and ate fish. ' +
  'We visited an old castle, and my friend bought presents for his sister.';

interface EvaluationBody {
  id: string;
  status: string;
  overall_score: number | null;
  evaluator: { kind: string; fallback_reason: string | null; judgements: object[] } | null;
}

describe('a server that is killed while a model judges a text', () => {
  let database: TestDatabase;
  let provider: FakeProvider;

  beforeAll(async () => {
    buildServer();
    database = await cloneDatabase();
    provider = await FakeProvider.start({ kind: 'openai' });
  });
  afterEach(() => ServerProcess.killAll());
  afterAll(async () => {
    await provider.stop();
    await database.drop();
  });

  const start = (): Promise<ServerProcess> =>
    ServerProcess.start({
      DATABASE_URL: database.url,
      APP_SECRET: TEST_APP_SECRET,
      OPENAI_COMPATIBLE_FIRST_BASE_URL: provider.url,
      OPENAI_COMPATIBLE_FIRST_MODELS: 'm',
    });

  async function login(server: ServerProcess): Promise<string> {
    const response = await server.login('learner', PASSWORD);
    return ((await response.json()) as { access_token: string }).access_token;
  }

  it('judges it again after the restart, and stores one result', async () => {
    const killed = await start();
    await killed.post('/api/auth/register', {
      username: 'learner',
      email: 'learner@example.com',
      password: PASSWORD,
    });
    const answer = judgementAnswer({ score: 58, quotes: ['I went to Spain with my friends'] });
    provider.script({ ...answer, hold: 0 });
    const token = await login(killed);
    const body = { skill: 'writing', text: TEXT, prompt: 'Write about your last holiday.' };
    const waited = await killed.post('/api/xel/evaluate', body, token);
    expect(waited.status).toBe(202);
    const { id } = (await waited.json()) as EvaluationBody;
    await waitUntil(() => provider.runningRequests === 2, 60_000);
    killed.signal('SIGKILL');
    await killed.exited;
    provider.script(answer);
    const server = await start();
    const newToken = await login(server);
    const read = async (): Promise<EvaluationBody> =>
      (await (await server.get(`/api/xel/evaluations/${id}`, newToken)).json()) as EvaluationBody;
    await waitUntil(async () => (await read()).status === 'done', 120_000);
    const { overall_score, evaluator } = await read();
    expect(overall_score).toBe(58);
    expect(evaluator).toMatchObject({ kind: 'model', fallback_reason: null });
    expect(evaluator?.judgements).toHaveLength(2);
    const listed = (await (await server.get('/api/xel/evaluations', newToken)).json()) as object[];
    expect(listed).toHaveLength(1);
  }, 300_000);
});
