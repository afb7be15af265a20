import { setImmediate as nextTurn } from 'node:timers/promises';
import type { GroundingSource, JudgedSentence } from '@/modules/ai/index.js';
import { Evidence, type Support } from './evidence.js';
import { type Statement, toStatement } from './statement.js';

const CITATION = /\s*\[(\d+(?:\s*,\s*\d+)*)\]/gu;
/** Share of the words of a sentence that its sources must have, together. */
const REQUIRED_SHARE = 0.6;
/** A citation with less than this share of the words contributes nothing. */
const CONTRIBUTING_SHARE = 0.25;
/** Share of the words that one source must have to be cited where the model has cited none that holds. */
const ADDED_CITATION_SHARE = 0.8;
/** A text with more words is no sentence, and is not compared. */
const MAX_WORDS = 250;

/**
 * Compares the sentences of an answer with the passages that they cite. A sentence is supported when neighbouring sentences
 * of its passages have enough of its words, all of its numbers, dates and names, and say rather than deny it. It compares words, so a sentence in
 * another language than its passage is not supported.
 */
export class CitationJudge {
  private constructor(private readonly evidence: ReadonlyMap<number, Evidence>) {}

  /** Between passages the event loop serves other requests. */
  static async create(sources: readonly GroundingSource[]): Promise<CitationJudge> {
    const evidence = new Map<number, Evidence>();
    for (const source of sources) {
      await nextTurn();
      evidence.set(source.n, new Evidence(source));
    }
    return new CitationJudge(evidence);
  }

  /** Between passages the event loop serves other requests. */
  async judge(sentence: string): Promise<JudgedSentence> {
    const text = sentence.replace(CITATION, '').trim();
    const statement = toStatement(text);
    const { length } = statement.words;
    if (length === 0 || length > MAX_WORDS) return { text, citations: [], supported: false };
    const supports = new Map<number, Support>();
    const compareWith = async (evidence: Evidence): Promise<void> => {
      await nextTurn();
      supports.set(evidence.n, evidence.support(statement));
    };
    const cited = parseCitations(sentence).filter((n) => this.evidence.has(n));
    for (const evidence of this.evidence.values())
      if (cited.includes(evidence.n)) await compareWith(evidence);
    let citations = checkCitations(statement, cited, supports);
    if (!citations) {
      for (const evidence of this.evidence.values())
        if (!supports.has(evidence.n)) await compareWith(evidence);
      citations = findCitation(statement, supports);
    }
    return citations
      ? { text: `${text} ${citations.map((n) => `[${n}]`).join('')}`, citations, supported: true }
      : { text, citations: [], supported: false };
  }
}

type Supports = ReadonlyMap<number, Support>;

/** Returns those of the cited sources that support the statement; null when they do not suffice. */
function checkCitations(statement: Statement, cited: readonly number[], supports: Supports): number[] | null {
  const contributing = cited.flatMap((n) => {
    const support = supports.get(n);
    return support?.agrees && shareOf(statement, [support]) >= CONTRIBUTING_SHARE ? [{ n, support }] : [];
  });
  const together = contributing.map(({ support }) => support);
  return suffices(statement, together, REQUIRED_SHARE) ? contributing.map(({ n }) => n) : null;
}

/** Returns the source that supports the statement best, when it does so without doubt. */
function findCitation(statement: Statement, supports: Supports): number[] | null {
  const candidates = [...supports].flatMap(([n, support]) => {
    const holds = support.agrees && suffices(statement, [support], ADDED_CITATION_SHARE);
    return holds ? [{ n, share: shareOf(statement, [support]) }] : [];
  });
  const best = candidates.sort((one, other) => other.share - one.share)[0];
  return best ? [best.n] : null;
}

function parseCitations(sentence: string): number[] {
  const numbers = [...sentence.matchAll(CITATION)].flatMap(([, list = '']) => list.split(',').map(Number));
  return [...new Set(numbers)];
}

function shareOf(statement: Statement, supports: readonly Support[]): number {
  const found = new Set(supports.flatMap(({ words }) => [...words]));
  return found.size / statement.words.length;
}

function suffices(statement: Statement, supports: readonly Support[], share: number): boolean {
  if (supports.length === 0 || shareOf(statement, supports) < share) return false;
  return (
    statement.facts.every((fact) => supports.some(({ facts }) => facts.has(fact))) &&
    statement.names.every((name) => supports.some(({ names }) => names.has(name)))
  );
}
