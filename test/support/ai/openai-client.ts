import OpenAI, { type ClientOptions } from 'openai';
import type { TestApp } from '../app/test-app.js';
import { givenApiKey } from '../auth/api-keys.js';
import { givenOwnerWithId, type UserWithId } from '../organizations/given-organizations.js';

export interface OpenAiCaller {
  client: OpenAI;
  /** The API key of the client. */
  key: string;
  keyId: string;
  owner: UserWithId & { organizationId: string };
}

/** Returns the official client with an API key of a new organization. The application must listen. */
export async function givenOpenAiClient(
  app: TestApp,
  options: Omit<ClientOptions, 'apiKey' | 'baseURL'> = {},
): Promise<OpenAiCaller> {
  const owner = await givenOwnerWithId(app);
  const { organizationId } = owner;
  const scopes = ['conversations:read' as const, 'conversations:write' as const];
  const { key, id: keyId } = await givenApiKey(app, { organizationId, by: owner, scopes });
  return { client: await connectOpenAi(app, key, options), key, keyId, owner };
}

/** Without retries by default: a test sees the first response. */
export async function connectOpenAi(
  app: TestApp,
  apiKey: string,
  options: Omit<ClientOptions, 'apiKey' | 'baseURL'> = {},
): Promise<OpenAI> {
  return new OpenAI({ apiKey, baseURL: `${await app.nest.getUrl()}/v1`, maxRetries: 0, ...options });
}
