import { expectStatus } from '../http/responses.js';
import { UNKNOWN_ID } from './given-organizations.js';
import type { MatrixCell, SampleFactory } from './permission-samples.js';

const TRANSCRIPT = '/api/live/transcripts/:transcript_id';
const NICKNAME = { body: { nickname: 'Ada' } };
const START = { body: { session_type: 'voice' } };
const SAVE = {
  session_started_at: '2026-04-16T10:00:00Z',
  session_ended_at: '2026-04-16T10:05:00Z',
  transcripts: [{ role: 'user', text: 'Hello.', timestamp: '2026-04-16T10:00:03Z' }],
};

export function liveSamples(): Record<string, SampleFactory> {
  return {
    'POST /api/live/session/start': () => START,
    'POST /api/live/session/start (paid by an organization)': ({ tenant }) => ({
      body: { ...START.body, organization_id: tenant.organizationId },
    }),
    'GET /api/live/quota (of an organization)': ({ tenant }) => ({
      query: { organization_id: tenant.organizationId },
    }),
    'POST /api/live/session/heartbeat': ownSession,
    'POST /api/live/session/end': ownSession,
    'POST /api/live/session/end (of another user)': sessionOfOwner,
    'PATCH /api/live/nickname': () => NICKNAME,
    'PUT /api/live/nickname': () => NICKNAME,
    'POST /api/live/nickname': () => NICKNAME,
    'POST /api/live/transcripts': () => ({ body: SAVE }),
    [`GET ${TRANSCRIPT}`]: transcriptOfOwner,
    [`DELETE ${TRANSCRIPT}`]: transcriptOfOwner,
    'PUT /api/admin/organizations/:org_id/live-plan': () => ({ body: { plan: 'pro' } }),
  };
}

/** A session that the caller has started, if the caller may do so. */
async function ownSession({ app, caller: { headers } }: MatrixCell): Promise<{ body: object }> {
  const { body } = await app.post('/api/live/session/start', START.body, { headers });
  return { body: { session_id: (body.session_id as string | undefined) ?? UNKNOWN_ID } };
}

async function sessionOfOwner({ app, tenant: { owner } }: MatrixCell): Promise<{ body: object }> {
  const token = owner.accessToken;
  const { body } = await expectStatus(200, app.post('/api/live/session/start', START.body, { token }));
  return { body: { session_id: body.session_id } };
}

async function transcriptOfOwner({ app, tenant: { owner } }: MatrixCell) {
  const { body } = await expectStatus(
    201,
    app.post('/api/live/transcripts', SAVE, { token: owner.accessToken }),
  );
  return { params: { transcript_id: body.id as string } };
}
