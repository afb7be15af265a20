import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;

/** The answer to one request. */
interface FakeAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** Undefined: no answer at all. */
  body?: unknown;
}

/** Texts with the same meaning for the fake model. */
const SYNONYMS: readonly (readonly string[])[] = [
  ['car', 'automobile'],
  ['doctor', 'physician'],
  ['holiday', 'vacation'],
];
const DIMENSIONS = 256;

/**
 * A server with `/embeddings` in the form of OpenAI and `/rerank` in the form of Jina and Cohere. Its vectors count words, and
 * synonyms are one word. It shows that the server uses vectors correctly; it says nothing about the quality of a real model.
 */
export class FakeModelServer {
  /** Bodies of the requests, by path. */
  readonly requests: { path: string; body: Json; headers: IncomingMessage['headers'] }[] = [];
  /** Replaces the answer to a request; undefined: the usual answer. */
  intercept: (path: string, body: Json) => FakeAnswer | undefined = () => undefined;
  private readonly vocabulary = new Map<string, number>();
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      void readBody(request).then((body) => {
        const path = (request.url ?? '').replace(/^\/v1/, '');
        this.requests.push({ path, body, headers: request.headers });
        const {
          status = 200,
          headers = {},
          body: answer,
        } = this.intercept(path, body) ?? this.answer(path, body);
        if (answer === undefined) return;
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
      });
    });
  }

  static async start(): Promise<FakeModelServer> {
    const fake = new FakeModelServer();
    await new Promise<void>((resolve) => fake.server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Returns the bodies of the requests to a path. */
  bodies(path: string): Json[] {
    return this.requests.filter((request) => request.path === path).map(({ body }) => body);
  }

  /** Returns how often each word occurs. */
  embed(text: string): number[] {
    const vector = new Array<number>(DIMENSIONS).fill(0);
    for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
      const meaning = SYNONYMS.find((words) => words.includes(word))?.[0] ?? word;
      const dimension = this.vocabulary.get(meaning) ?? this.vocabulary.size % DIMENSIONS;
      this.vocabulary.set(meaning, dimension);
      vector[dimension] = (vector[dimension] ?? 0) + 1;
    }
    return vector;
  }

  private answer(path: string, body: Json): FakeAnswer {
    if (path === '/embeddings') return { body: this.embeddings(body) };
    if (path === '/rerank') return { body: this.rerank(body) };
    return { status: 404, body: { error: { message: 'not found' } } };
  }

  private embeddings({ input, model }: Json): Json {
    const data = (input as string[]).map((text, index) => ({
      object: 'embedding',
      index,
      embedding: model === 'words-2' ? [...this.embed(text), 0].reverse() : this.embed(text),
    }));
    return { object: 'list', model, data: data.reverse(), usage: { prompt_tokens: 1, total_tokens: 1 } };
  }

  /** Ranks the longest text first: no other ranking does. */
  private rerank({ documents, top_n: count }: Json): Json {
    const results = (documents as string[]).map((text, index) => ({
      index,
      relevance_score: text.length / 1e4,
    }));
    results.sort((one, other) => other.relevance_score - one.relevance_score);
    return { results: results.slice(0, count as number) };
  }
}

async function readBody(request: IncomingMessage): Promise<Json> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString() || '{}') as Json;
}
