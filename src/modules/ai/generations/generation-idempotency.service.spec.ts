import { KeyedHash, KeyRing } from '@/platform/crypto/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { TestClock } from '@test/support/app/test-clock.js';
import { aiErrors } from '../ai.errors.js';
import type { ChatRequest } from './dto/chat.request.js';
import { type IdempotencyIdentity, GenerationIdempotencyService } from './generation-idempotency.service.js';
import type { GenerationRepository } from './persistence/generation.repository.js';

const OWNER = { userId: 'u', organizationId: null, keyId: null, hasSecondFactor: false };
const REQUEST: ChatRequest = { message: 'Hi' };
/** The violation of the unique index of idempotency keys, as the driver reports it. */
const KEY_TAKEN = { driverError: { code: '23505', constraint: 'generations_request_key_key' } };

describe('GenerationIdempotencyService', () => {
  let stored: { id: string; fingerprint: Buffer } | undefined;
  let service: GenerationIdempotencyService;

  beforeEach(() => {
    stored = undefined;
    const repository: Partial<GenerationRepository> = { findByKey: () => Promise.resolve(stored) };
    const hash = new KeyedHash(new KeyRing('a root secret for tests, which is long enough'));
    service = new GenerationIdempotencyService(repository as GenerationRepository, hash, new TestClock());
  });

  function identify(owner: Partial<typeof OWNER> = {}, key = 'key', request = REQUEST): IdempotencyIdentity {
    const identity = service.identify({ ...OWNER, ...owner }, key, request);
    if (!identity) throw new Error('a key has an identity');
    return identity;
  }

  it('identifies no request without a key', () => {
    expect(service.identify(OWNER, undefined, REQUEST)).toBeNull();
    expect(service.identify(OWNER, '', REQUEST)).not.toBeNull();
  });

  it('identifies the same request in the same way, and never contains the key itself', () => {
    expect(identify()).toEqual(identify());
    expect(identify({}, 'a-secret-key').requestKey.toString('latin1')).not.toContain('a-secret-key');
  });

  it('separates keys of different users, organizations and API keys, also when their texts join to the same', () => {
    const identities = [
      identify(),
      identify({ userId: 'v' }),
      identify({}, 'other'),
      identify({ keyId: 'k' } as object),
      identify({ organizationId: 'k' } as object),
      identify({ userId: 'uk' }),
      identify({ userId: '' }, 'ukey'),
    ];
    const keys = new Set(identities.map(({ requestKey }) => requestKey.toString('hex')));
    expect(keys.size).toBe(identities.length);
  });

  it('separates bodies by their fingerprint', () => {
    const other = identify({}, 'key', { ...REQUEST, stream: true });
    expect(other.requestKey).toEqual(identify().requestKey);
    expect(other.fingerprint).not.toEqual(identify().fingerprint);
  });

  it('finds no generation without a key, or when the key is new', async () => {
    stored = { id: 'g', fingerprint: identify().fingerprint };
    expect(await service.findExisting(null)).toBeUndefined();
    stored = undefined;
    expect(await service.findExisting(identify())).toBeUndefined();
  });

  it('finds the generation of the same body, and rejects a different one', async () => {
    stored = { id: 'g', fingerprint: identify().fingerprint };
    expect(await service.findExisting(identify())).toBe('g');
    const other = identify({}, 'key', { message: 'Bye' });
    await expect(service.findExisting(other)).rejects.toMatchObject({
      code: platformErrors.idempotency_key_reused.code,
    });
  });

  it.each([
    ['a taken key', KEY_TAKEN],
    ['a busy conversation', aiErrors.generation_in_progress()],
    ['reserved tokens', aiErrors.ai_token_limit_reached()],
  ])('finds the concurrent generation after %s', async (_what, error) => {
    stored = { id: 'g', fingerprint: identify().fingerprint };
    expect(await service.findConcurrent(identify(), error)).toBe('g');
  });

  it('returns undefined when the generation with the taken key has failed and released it', async () => {
    expect(await service.findConcurrent(identify(), KEY_TAKEN)).toBeUndefined();
  });

  it('throws an error that no concurrent request has caused', async () => {
    const busy = aiErrors.generation_in_progress();
    await expect(service.findConcurrent(identify(), busy)).rejects.toBe(busy);
    await expect(service.findConcurrent(null, busy)).rejects.toBe(busy);
    stored = { id: 'g', fingerprint: identify().fingerprint };
    for (const error of [
      aiErrors.ai_unavailable(),
      new Error('bug'),
      { constraint: 'generations_one_running_key' },
    ])
      await expect(service.findConcurrent(identify(), error)).rejects.toBe(error);
  });
});
