import { Injectable } from '@nestjs/common';
import { Passages } from '@/modules/conversations/index.js';
import { Config, LOCAL } from '@/platform/config/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type {
  ModelAnswer,
  ModelEnd,
  ModelRequest,
  Provider,
  Source,
  Tell,
} from '../models/language-model.js';
import { bestSentences, type Found } from './sentences.js';

const MODEL = 'local-extractive';
const PASSAGES = 12;
const QUOTES = 5;

const NOTHING =
  'No language model answered this, and I found nothing about it in your notes and conversations. ' +
  'I am the built-in responder of this server: I can only quote what you have written here.';

const HOW_TO = [
  'To get real answers, whoever runs this server adds a provider: an API key in `OPENAI_API_KEY`, `ANTHROPIC_API_KEY`',
  'or `GOOGLE_GENERATIVE_AI_API_KEY`, an Ollama in `OLLAMA_BASE_URL`, or any OpenAI-compatible endpoint in',
  '`OPENAI_COMPATIBLE_<NAME>_BASE_URL`. `GET /api/ai/providers` shows what is there.',
].join(' ');

const QUOTING = 'No language model answered this; I only quote what you have written yourself:';

type Passage = Awaited<ReturnType<Passages['find']>>[number];

/**
 * Answers without any model or key, and says so: the sentences of the asker's own notes and conversations that
 * share most with the question, each with where it stands. Nothing it says is made up.
 */
@Injectable()
export class LocalProvider implements Provider {
  readonly id = LOCAL;
  readonly name = 'Built-in (quotes your own texts)';
  readonly offered = [MODEL] as const;

  /** What there is to say where nothing can be quoted. */
  private readonly nothing: string;

  constructor(
    private readonly passages: Passages,
    { ai }: Config,
  ) {
    this.nothing = ai.providers.length === 0 ? `${NOTHING}\n\n${HOW_TO}` : NOTHING;
  }

  models(): Promise<readonly string[]> {
    return Promise.resolve(this.offered);
  }

  async answer(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer> {
    const found = await this.find(request);
    signal.throwIfAborted();
    const sources = sourcesOf(found);
    const quotes = found.map((one) => `> ${one.sentence} [${numberOf(one, sources)}]`);
    const from = sources.map(({ type, title }, index) => `[${index + 1}] ${title} (${type})`);
    const content =
      found.length === 0 ? this.nothing : `${QUOTING}\n\n${quotes.join('\n\n')}\n\n${from.join('\n')}`;
    return { content, model: MODEL, finishReason: 'stop', usage: null, sources };
  }

  async stream(request: ModelRequest, signal: AbortSignal, tell: Tell): Promise<ModelEnd> {
    const { content, ...end } = await this.answer(request, signal);
    content.split(/(?<=\n\n)/).forEach((text) => tell(text));
    return end;
  }

  private async find({ messages, asker }: ModelRequest): Promise<Found<Passage>[]> {
    const question = messages.at(-1)?.content ?? '';
    const owner = { ...asker, organizationId: asker.organizationId as OrganizationId | null };
    const options = { limit: PASSAGES, exceptConversationTurn: asker.conversationId ?? undefined };
    return bestSentences(question, await this.passages.find(owner, question, options), QUOTES);
  }
}

/** Where the quotes come from, each text once, in the order they are quoted. */
function sourcesOf(found: readonly Found<Passage>[]): Source[] {
  const sources = new Map<string, Source>();
  for (const { text, sentence } of found) {
    const { type, id, conversationId: conversation_id, title } = text;
    if (!sources.has(id)) sources.set(id, { type, id, conversation_id, title, snippet: sentence });
  }
  return [...sources.values()];
}

function numberOf({ text }: Found<Passage>, sources: readonly Source[]): number {
  return sources.findIndex(({ id }) => id === text.id) + 1;
}
