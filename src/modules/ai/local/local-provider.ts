import { Injectable } from '@nestjs/common';
import { PassageSearch } from '@/modules/conversations/index.js';
import { FairQueue } from '@/platform/concurrency/index.js';
import { Config, LOCAL_PROVIDER } from '@/platform/config/index.js';
import { requestContext } from '@/platform/context/index.js';
import type {
  AnswerListener,
  AnswerMetadata,
  AnswerSource,
  ModelAnswer,
  ModelRequest,
  Provider,
} from '../models/language-model.js';
import type { ModelFeature } from '../models/model-options.js';
import { findBestSentences, type ScoredSentence } from './sentences.js';

const MODEL = 'local-extractive';
/** The time of a search grows with the question. */
const MAX_QUESTION_CHARS = 64_000;
const MAX_PASSAGES = 12;
const MAX_QUOTES = 5;

/** Reading and comparing the passages of one question takes up to a tenth of a second. */
const SHARES = {
  concurrency: 3,
  concurrencyPerCaller: 1,
  maxWaiting: 300,
  maxWaitingPerCaller: 60,
  retryAfter: 2,
};

const NOTHING_FOUND =
  'No language model answered this, and I found nothing about it in your notes and conversations. ' +
  'I am the built-in responder of this server: I can only quote what you have written here.';

const SETUP_HINT = [
  'To get answers from a language model, the operator of this server must configure a provider: an API key in',
  '`OPENAI_API_KEY`, `ANTHROPIC_API_KEY` or `GOOGLE_GENERATIVE_AI_API_KEY`, an Ollama server in `OLLAMA_BASE_URL`, or',
  'an OpenAI-compatible endpoint in `OPENAI_COMPATIBLE_<NAME>_BASE_URL`. `GET /api/ai/providers` lists the providers.',
].join(' ');

const QUOTE_INTRODUCTION = 'No language model answered this; I only quote what you have written yourself:';

type Passage = Awaited<ReturnType<PassageSearch['find']>>[number];

/**
 * Answers without a language model: quotes the sentences of the user's own notes and conversations that best match the
 * question, with their sources. It never generates text, and its answers say so.
 */
@Injectable()
export class LocalProvider implements Provider {
  readonly id = LOCAL_PROVIDER;
  readonly name = 'Built-in (quotes your own texts)';
  readonly modelNames = [MODEL] as const;
  readonly features: ReadonlySet<ModelFeature> = new Set();

  private readonly queue = new FairQueue({ name: 'local_answers', ...SHARES });
  /** The answer without quotes. Without a configured provider it explains how to add one. */
  private readonly nothingFoundText: string;

  constructor(
    private readonly passageSearch: PassageSearch,
    { ai }: Config,
  ) {
    this.nothingFoundText = ai.providers.length === 0 ? `${NOTHING_FOUND}\n\n${SETUP_HINT}` : NOTHING_FOUND;
  }

  models(): Promise<readonly string[]> {
    return Promise.resolve(this.modelNames);
  }

  async generate(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer> {
    const sentences = await this.findSentences(request);
    signal.throwIfAborted();
    const sources = toSources(sentences);
    const quotes = sentences.map((one) => `> ${one.sentence} [${sourceNumber(one, sources)}]`);
    const sourceLines = sources.map(({ type, title }, index) => `[${index + 1}] ${title} (${type})`);
    const content =
      sentences.length === 0
        ? this.nothingFoundText
        : `${QUOTE_INTRODUCTION}\n\n${quotes.join('\n\n')}\n\n${sourceLines.join('\n')}`;
    return { content, model: MODEL, finishReason: 'stop', usage: null, sources };
  }

  async stream(
    request: ModelRequest,
    signal: AbortSignal,
    { onText }: AnswerListener,
  ): Promise<AnswerMetadata> {
    const { content, ...metadata } = await this.generate(request, signal);
    content.split(/(?<=\n\n)/).forEach((text) => onText(text));
    return metadata;
  }

  private async findSentences({ messages, requester }: ModelRequest): Promise<ScoredSentence<Passage>[]> {
    const asked = messages.findLast(({ role }) => role === 'user')?.content ?? '';
    const question = asked.slice(0, MAX_QUESTION_CHARS);
    const options = { limit: MAX_PASSAGES, excludeLastUserMessageOf: requester.conversationId ?? undefined };
    return this.queue.run(requestContext.caller, async () =>
      findBestSentences(question, await this.passageSearch.find(requester, question, options), MAX_QUOTES),
    );
  }
}

/** Returns the quoted texts, each once, in the order of the quotes. */
function toSources(sentences: readonly ScoredSentence<Passage>[]): AnswerSource[] {
  const sources = new Map<string, AnswerSource>();
  for (const { text, sentence } of sentences) {
    const { type, id, conversationId: conversation_id, title } = text;
    if (!sources.has(id)) sources.set(id, { type, id, conversation_id, title, snippet: sentence });
  }
  return [...sources.values()];
}

function sourceNumber({ text }: ScoredSentence<Passage>, sources: readonly AnswerSource[]): number {
  return sources.findIndex(({ id }) => id === text.id) + 1;
}
