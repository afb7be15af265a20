import { Injectable } from '@nestjs/common';
import {
  type DocumentSource,
  type Passage,
  PassageSearch,
  type QuotedSource,
} from '@/modules/conversations/index.js';
import { FairQueue } from '@/platform/concurrency/index.js';
import { Config, LOCAL_PROVIDER } from '@/platform/config/index.js';
import { requestContext } from '@/platform/context/index.js';
import { toAnswerSource } from '../grounding/grounded-generation.js';
import { GroundingRegistry } from '../grounding/grounding-registry.js';
import type { GroundingSource } from '../grounding/grounding.js';
import type {
  AnswerListener,
  AnswerMetadata,
  ModelAnswer,
  ModelRequest,
  Provider,
  Requester,
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

/** A text that can be quoted, and the source of a quotation. */
interface QuotableText {
  id: string;
  content: string;
  toSource: (sentence: string, n: number) => QuotedSource | DocumentSource;
}

/**
 * Answers without a language model: quotes the sentences of the user's own notes, conversations and documents that best match the
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
    private readonly groundings: GroundingRegistry,
    { ai }: Config,
  ) {
    this.nothingFoundText = ai.providers.length === 0 ? `${NOTHING_FOUND}\n\n${SETUP_HINT}` : NOTHING_FOUND;
  }

  models(): Promise<readonly string[]> {
    return Promise.resolve(this.modelNames);
  }

  async generate(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer> {
    const { grounding } = request;
    const answer = await (grounding ? this.quotePassages(request, grounding) : this.quoteOwnTexts(request));
    signal.throwIfAborted();
    return { ...answer, model: MODEL, finishReason: 'stop', usage: null };
  }

  /** Answers a grounded question: only quotations with their citations, each on its line. */
  private async quotePassages(
    { messages }: ModelRequest,
    { sources, earlierQuestions }: NonNullable<ModelRequest['grounding']>,
  ): Promise<Pick<ModelAnswer, 'content' | 'sources'>> {
    const sentences = await this.queue.run(requestContext.caller, () =>
      findBestSentences(toQuestion(messages), sources, 2 * MAX_QUOTES, earlierQuestions),
    );
    const quotes = sentences.filter(({ sentence }) => !isHeading(sentence)).slice(0, MAX_QUOTES);
    return {
      content: quotes.map(({ sentence, text }) => `${sentence} [${text.n}]`).join('\n'),
      sources: [],
    };
  }

  private async quoteOwnTexts(request: ModelRequest): Promise<Pick<ModelAnswer, 'content' | 'sources'>> {
    const sentences = await this.findSentences(request);
    if (sentences.length === 0) return { content: this.nothingFoundText, sources: [] };
    const texts = firstOfEachText(sentences);
    const numbers = new Map(texts.map(({ text }, index) => [text.id, index + 1]));
    const sources = texts.map(({ text, sentence }, index) => text.toSource(sentence, index + 1));
    const quotes = sentences.map(({ sentence, text }) => `> ${sentence} [${numbers.get(text.id)}]`);
    const sourceLines = sources.map(({ type, title }, index) => `[${index + 1}] ${title} (${type})`);
    const content = `${QUOTE_INTRODUCTION}\n\n${quotes.join('\n\n')}\n\n${sourceLines.join('\n')}`;
    return { content, sources };
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

  private findSentences({ messages, requester }: ModelRequest): Promise<ScoredSentence<QuotableText>[]> {
    const question = toQuestion(messages);
    const options = { limit: MAX_PASSAGES, excludeLastUserMessageOf: requester.conversationId ?? undefined };
    return this.queue.run(requestContext.caller, async () => {
      const passages = await this.passageSearch.find(requester, question, options);
      const documents = await this.findDocumentPassages(requester, question);
      const texts = [...passages.map(fromPassage), ...documents.map(fromDocument)];
      return findBestSentences(question, texts, MAX_QUOTES);
    });
  }

  /** An API key names documents by `use_knowledge`, which checks its scope. */
  private async findDocumentPassages(requester: Requester, question: string): Promise<GroundingSource[]> {
    if (requester.keyId !== null) return [];
    return this.groundings.get().findPassages(requester, question, MAX_PASSAGES);
  }
}

/** Returns the best sentence of each text, in their order. */
function firstOfEachText(sentences: readonly ScoredSentence<QuotableText>[]): ScoredSentence<QuotableText>[] {
  const seen = new Set<string>();
  return sentences.filter(({ text }) => !seen.has(text.id) && seen.add(text.id));
}

/** Returns whether a line is probably a heading, which answers nothing: a few words without a number or a full stop. */
function isHeading(line: string): boolean {
  return !/[.!?:;…。！？\p{Nd}]/u.test(line) && line.split(/\s+/u).length <= 4;
}

function toQuestion(messages: ModelRequest['messages']): string {
  const asked = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  return asked.slice(0, MAX_QUESTION_CHARS);
}

function fromPassage({ type, id, conversationId, title, content }: Passage): QuotableText {
  return {
    id,
    content,
    toSource: (snippet) => ({ type, id, conversation_id: conversationId, title, snippet }),
  };
}

function fromDocument(source: GroundingSource): QuotableText {
  const { id, content } = source;
  return { id, content, toSource: (snippet, n) => ({ ...toAnswerSource(source), n, snippet }) };
}
