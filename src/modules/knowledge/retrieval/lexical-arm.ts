import { Injectable } from '@nestjs/common';
import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import { LexicalSearchRepository, type RankingSize } from './persistence/lexical-search.repository.js';
import { hasDocumentFilter } from './persistence/search-filters.js';
import { extractPhrases } from './query-phrases.js';
import { type CorpusStatistics, planLexicalSearch, type TermFrequency } from './query-plan.js';
import type { RankedChunk } from './retrieval-arm.js';
import type { KnowledgeQuery } from './retrieval.js';
import { allowedErrors, findCorrections, possibleBeginnings } from './spelling.js';

export interface LexicalResult {
  chunks: RankedChunk[];
  total: number;
  /** Lexemes to highlight, the rarest first. */
  words: string[];
}

const NOTHING: LexicalResult = { chunks: [], total: 0, words: [] };
/** Words of a query whose spelling is corrected. */
const MAX_CORRECTED_WORDS = 8;

/** Searches by words. */
@Injectable()
export class LexicalArm {
  constructor(private readonly repository: LexicalSearchRepository) {}

  async search(reader: KnowledgeReader, query: KnowledgeQuery, size: RankingSize): Promise<LexicalResult> {
    const phrases = extractPhrases(query.query);
    const isNarrow = phrases.length > 0 || hasDocumentFilter(query.filters);
    const statistics = await this.repository.loadStatistics(reader, query);
    const corpus = await this.withCorrections(reader, query, statistics);
    const plan = planLexicalSearch(corpus, isNarrow);
    if (!plan) return NOTHING;
    const { averageLength } = corpus;
    const { chunks, total } = await this.repository.rank(
      reader,
      query,
      { plan, averageLength, phrases },
      size,
    );
    return { chunks, total, words: plan.words };
  }

  /** Replaces the words of a query of which nothing was found by similar words that occur. */
  private async withCorrections(
    reader: KnowledgeReader,
    query: KnowledgeQuery,
    statistics: CorpusStatistics,
  ): Promise<CorpusStatistics> {
    if (statistics.terms.some(({ searched }) => searched > 0)) return statistics;
    const words = statistics.terms.map(({ lexeme }) => lexeme).filter((word) => allowedErrors(word) > 0);
    const corrections = new Map<string, TermFrequency>();
    for (const word of words.slice(0, MAX_CORRECTED_WORDS)) {
      const allowed = allowedErrors(word);
      const lengths = [word.length - allowed, word.length + allowed] as const;
      const vocabulary = await this.repository.findSimilar(reader, query, possibleBeginnings(word), lengths);
      for (const term of findCorrections(word, vocabulary)) corrections.set(term.lexeme, term);
    }
    return { ...statistics, terms: [...corrections.values()] };
  }
}
