import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { connectJsonClient, type JsonClient, ModelFailure } from '@/modules/ai/index.js';
import { Config } from '@/platform/config/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { toUnitVector } from './embedding-vector.js';

/** Of one request. Chunks are shorter; a query can be longer than one. */
const MAX_INPUTS = 32;
const MAX_INPUT_CHARACTERS = 8_000;
const MAX_REQUEST_CHARACTERS = 64_000;
const TEXT_ATTEMPTS = 4;

/** A vector of length 1; null when the model has none for the text. */
export type Embedding = Float32Array | null;

/** Requests embeddings from an OpenAI-compatible server. Failures contain no text of the server. */
@Injectable()
export class EmbeddingsClient implements OnApplicationShutdown {
  private client: Promise<JsonClient> | undefined;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await (await this.client)?.close();
  }

  /** The configured model; undefined without a server. */
  get model(): string | undefined {
    return this.config.retrievalModels.embeddings?.model;
  }

  /** Returns null when the model has no vector for the query. Asks once. */
  async embedQuery(text: string, timeoutMs: number): Promise<Embedding> {
    const [embedding = null] = await this.request([prepareInput(text)], { timeoutMs, attempts: 1 });
    return embedding;
  }

  /** Returns one embedding for each text. Repeats requests that failed for a reason that can pass. */
  async embedTexts(texts: readonly string[], signal: AbortSignal): Promise<Embedding[]> {
    const timeoutMs = this.config.ai.answerTimeoutMs;
    const options = { timeoutMs, attempts: TEXT_ATTEMPTS, signal };
    const embeddings: Embedding[] = [];
    for (const batch of toBatches(texts.map(prepareInput)))
      embeddings.push(...(await this.requestAccepted(batch, options)));
    return embeddings;
  }

  /** Requests the texts one by one when the server refuses them together: a refused text has no vector. */
  private async requestAccepted(batch: string[], options: RequestOptions): Promise<Embedding[]> {
    try {
      return await this.request(batch, options);
    } catch (error) {
      if (!isInputRefused(error)) throw error;
      if (batch.length === 1) return [null];
      const embeddings: Embedding[] = [];
      for (const text of batch) embeddings.push(...(await this.requestAccepted([text], options)));
      return embeddings;
    }
  }

  private async request(input: string[], options: RequestOptions): Promise<Embedding[]> {
    this.unitOfWork.assertNoTransaction();
    const { embeddings: settings } = this.config.retrievalModels;
    if (!settings) throw new Error('No model for embeddings is configured.');
    this.client ??= connectJsonClient(settings, this.config.ai, this.clock);
    const body = { model: settings.model, input, encoding_format: 'float' };
    return readEmbeddings(await (await this.client).post('/embeddings', body, options), input.length);
  }
}

interface RequestOptions {
  timeoutMs: number;
  attempts: number;
  signal?: AbortSignal;
}

function isInputRefused(error: unknown): boolean {
  return error instanceof ModelFailure && ['request_rejected', 'prompt_too_long'].includes(error.reason);
}

/** Some servers refuse an empty input, and a half of a surrogate pair. */
function prepareInput(text: string): string {
  return text.slice(0, MAX_INPUT_CHARACTERS).toWellFormed().trim() || ' ';
}

function toBatches(texts: readonly string[]): string[][] {
  const batches: string[][] = [];
  let characters = Infinity;
  for (const text of texts) {
    characters += text.length;
    const last = batches.at(-1);
    if (last && last.length < MAX_INPUTS && characters <= MAX_REQUEST_CHARACTERS) last.push(text);
    else {
      batches.push([text]);
      characters = text.length;
    }
  }
  return batches;
}

/** Throws a {@link ModelFailure} unless the answer has one vector for each input, all with the same number of dimensions. */
function readEmbeddings(answer: unknown, count: number): Embedding[] {
  const data = (answer as { data?: unknown } | null)?.data;
  if (!Array.isArray(data) || data.length !== count) throw new ModelFailure('malformed_answer');
  const embeddings = new Map<number, Embedding>();
  let dimensions: number | undefined;
  for (const [position, item] of (data as unknown[]).entries()) {
    const { index = position, embedding } = (item ?? {}) as { index?: unknown; embedding?: unknown };
    const vector = toUnitVector(embedding);
    if (vector && (dimensions ??= vector.length) !== vector.length)
      throw new ModelFailure('malformed_answer');
    embeddings.set(Number(index), vector);
  }
  return Array.from({ length: count }, (_, index) => {
    const embedding = embeddings.get(index);
    if (embedding === undefined) throw new ModelFailure('malformed_answer');
    return embedding;
  });
}
