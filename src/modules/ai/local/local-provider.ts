import { Injectable } from '@nestjs/common';
import { PassageSearch } from '@/modules/conversations/index.js';
import { Config, LOCAL_PROVIDER } from '@/platform/config/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type {
  ModelAnswer,
  AnswerMetadata,
  ModelRequest,
  Provider,
  AnswerSource,
  OnText,
} from '../models/language-model.js';
import { findBestSentences, type ScoredSentence } from './sentences.js';

const MODEL = 'local-extractive';
const MAX_PASSAGES = 12;
const MAX_QUOTES = 5;

const NOTHING_FOUND =
  'No language model answered this, and I found nothing about it in your notes and conversations. ' +
  'I am the built-in responder of this server: I can only quote what you have written here.';

const SETUP_HINT = [
  'To get real answers, whoever runs this server adds a provider: an API key in `OPENAI_API_KEY`, `ANTHROPIC_API_KEY`',
  'or `GOOGLE_GENERATIVE_AI_API_KEY`, an Ollama in `OLLAMA_BASE_URL`, or any OpenAI-compatible endpoint in',
  '`OPENAI_COMPATIBLE_<NAME>_BASE_URL`. `GET /api/ai/providers` shows what is there.',
].join(' ');

const QUOTE_INTRODUCTION = 'No language model answered this; I only quote what you have written yourself:';

type Passage = Awaited<ReturnType<PassageSearch['find']>>[number];

/**
 * Answers without any model or key, and says so: the sentences of the asker's own notes and conversations that
 * share most with the question, each with where it stands. Nothing it says is made up.
 */
@Injectable()
export class LocalProvider implements Provider {
  readonly id = LOCAL_PROVIDER;
  readonly name = 'Built-in (quotes your own texts)';
  readonly modelNames = [MODEL] as const;

  /** What there is to say where nothing can be quoted. */
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

  async stream(request: ModelRequest, signal: AbortSignal, onText: OnText): Promise<AnswerMetadata> {
    const { content, ...metadata } = await this.generate(request, signal);
    content.split(/(?<=\n\n)/).forEach((text) => onText(text));
    return metadata;
  }

  private async findSentences({ messages, requester }: ModelRequest): Promise<ScoredSentence<Passage>[]> {
    const question = messages.at(-1)?.content ?? '';
    const owner = { ...requester, organizationId: requester.organizationId as OrganizationId | null };
    const options = { limit: MAX_PASSAGES, excludeLastUserMessageOf: requester.conversationId ?? undefined };
    return findBestSentences(question, await this.passageSearch.find(owner, question, options), MAX_QUOTES);
  }
}

/** Where the quotes come from, each text once, in the order they are quoted. */
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
