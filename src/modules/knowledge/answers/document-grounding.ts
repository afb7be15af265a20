import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  type GroundedAnswerRecord,
  type GroundedQuestion,
  type Grounding,
  type GroundingInput,
  GroundingRegistry,
  type GroundingSource,
} from '@/modules/ai/index.js';
import { TurnWriter } from '@/modules/conversations/index.js';
import { type KnowledgeReader, toKnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import { KnowledgeSearchService } from '@/modules/knowledge/retrieval/knowledge-search.service.js';
import type { KnowledgeFilters, KnowledgeHit } from '@/modules/knowledge/retrieval/retrieval.js';
import { type Owner, toOwner } from '@/modules/organizations/index.js';
import { type Actor, requireScope } from '@/platform/access/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { CitationJudge } from './citation-judge.js';
import { findReferredQuestions, MAX_EARLIER_QUESTIONS, toRetrievalQuery } from './follow-up.rules.js';
import { buildGroundingInstruction } from './grounding-prompt.js';
import type { ReceiptSource } from './persistence/knowledge-receipt.entity.js';
import { ReceiptRepository } from './persistence/receipt.repository.js';

/** Passages that a model gets for one question. */
const MAX_SOURCES = 8;

/** Finds passages for questions, and stores the receipts of the answers. Implements the port of the AI module. */
@Injectable()
export class DocumentGrounding implements Grounding, OnModuleInit {
  constructor(
    private readonly search: KnowledgeSearchService,
    private readonly receipts: ReceiptRepository,
    private readonly turns: TurnWriter,
    private readonly groundings: GroundingRegistry,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.groundings.register(this);
  }

  async ground(
    actor: Actor,
    { filters = {}, ...input }: GroundingInput & { filters?: KnowledgeFilters },
  ): Promise<GroundedQuestion> {
    requireScope(actor, 'rag:read');
    const { question, conversationId } = input;
    const owner = toOwner(actor);
    const reader = toKnowledgeReader(actor);
    const earlierQuestions = findReferredQuestions(question, await this.findEarlierQuestions(owner, input));
    const query = toRetrievalQuery(question, earlierQuestions);
    const options = { query, limit: MAX_SOURCES, scope: 'all', conversationId, filters } as const;
    const { hits } = await this.search.search(reader, options);
    const sources = hits.map(toReceiptSource);
    return this.toGroundedQuestion({ owner, reader, question, earlierQuestions, sources });
  }

  private async findEarlierQuestions(
    owner: Owner,
    { conversationId, earlierQuestions = [] }: GroundingInput,
  ): Promise<readonly string[]> {
    if (conversationId === null) return earlierQuestions;
    return this.turns.findLastQuestions(owner, conversationId, MAX_EARLIER_QUESTIONS);
  }

  async findPassages(owner: Owner, question: string, limit: number): Promise<GroundingSource[]> {
    const query = toRetrievalQuery(question, []);
    const options = { query, limit, scope: 'all', conversationId: null, filters: {} } as const;
    const { hits } = await this.search.search(owner, options);
    return hits.map((hit, index) => toSource(hit, index + 1));
  }

  async findGoneSources(owner: Owner, generationId: string): Promise<number[]> {
    return this.findUnreadable(owner, await this.receipts.findSourcesOfGeneration(owner, generationId));
  }

  async findUnreadable(
    owner: Owner,
    sources: readonly Pick<GroundingSource, 'n' | 'document_id'>[],
  ): Promise<number[]> {
    if (sources.length === 0) return [];
    const states = await this.receipts.findStates(owner, sources);
    return sources.filter((_, index) => states[index] === 'gone').map(({ n }) => n);
  }

  private async toGroundedQuestion({
    owner,
    reader,
    question,
    earlierQuestions,
    sources,
  }: {
    owner: Owner;
    reader: KnowledgeReader;
    question: string;
    earlierQuestions: readonly string[];
    sources: readonly ReceiptSource[];
  }): Promise<GroundedQuestion> {
    const judge = await CitationJudge.create(sources);
    return {
      sources: sources.map(({ document_version: _, ...source }) => source),
      earlierQuestions,
      instruction: buildGroundingInstruction(sources),
      judge: (sentence) => judge.judge(sentence),
      isReadable: async () => !(await this.receipts.findStates(reader, sources)).includes('gone'),
      storeReceipt: (record) => this.storeReceipt(owner, question, sources, record),
    };
  }

  private storeReceipt(
    owner: Owner,
    query: string,
    found: readonly ReceiptSource[],
    { receiptId, generationId, conversationId, answer, sentences, sources }: GroundedAnswerRecord,
  ): Promise<void> {
    const cited = new Set(sources.map(({ n }) => n));
    return this.receipts.insert({
      id: receiptId,
      owner_id: owner.userId,
      organization_id: owner.organizationId,
      generation_id: generationId,
      conversation_id: conversationId,
      query,
      answer,
      sentences: [...sentences],
      sources: found.filter(({ n }) => cited.has(n)),
      created_at: this.clock.now(),
    });
  }
}

function toSource(hit: KnowledgeHit, n: number): GroundingSource {
  const { id, documentId, title, content, score, page, start, end } = hit;
  return { n, id, document_id: documentId, title, content, score, page, start, end };
}

function toReceiptSource(hit: KnowledgeHit, index: number): ReceiptSource {
  return { ...toSource(hit, index + 1), document_version: hit.documentVersion };
}
