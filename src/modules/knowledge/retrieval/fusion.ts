import type { RankedChunk } from './retrieval-arm.js';
import type { KnowledgeHit } from './retrieval.js';

export interface FusedChunk extends RankedChunk {
  foundBy: KnowledgeHit['foundBy'];
}

/** Scores of a ranking are compared with the score at this rank, which is 0 after the normalization. */
const REFERENCE_RANK = 40;
/** A little less than half: a word that occurs is a surer sign than a similarity without one. */
const VECTOR_WEIGHT = 0.45;

/**
 * Combines both rankings by a convex combination of normalized scores: a clear lead in one ranking counts for more than a high
 * rank among equals. Both rankings are in the order of their scores. When only one found something, its scores are kept.
 */
export function fuseRankings(lexical: readonly RankedChunk[], vector: readonly RankedChunk[]): FusedChunk[] {
  if (vector.length === 0) return lexical.map((chunk) => ({ ...chunk, foundBy: 'lexical' }));
  if (lexical.length === 0) return vector.map((chunk) => ({ ...chunk, foundBy: 'vector' }));
  const found = new Map<string, ChunkScores>();
  for (const chunk of lexical) found.set(chunk.id, { chunk, lexical: chunk.score });
  for (const chunk of vector) found.set(chunk.id, { chunk, ...found.get(chunk.id), vector: chunk.score });
  // A text without the words of the query has the lexical score 0. The lowest similarity depends on the model.
  const lexicalFloor = lexical[REFERENCE_RANK - 1]?.score ?? 0;
  const vectorFloor = (vector[REFERENCE_RANK - 1] ?? vector.at(-1))?.score ?? 0;
  const normalizeLexical = createNormalizer(lexical, lexicalFloor);
  const normalizeVector = createNormalizer(vector, vectorFloor);
  const score = (scores: ChunkScores): number =>
    (1 - VECTOR_WEIGHT) * normalizeLexical(scores.lexical) + VECTOR_WEIGHT * normalizeVector(scores.vector);
  return [...found.values()]
    .map((scores) => ({ ...scores, fused: score(scores) }))
    .sort(compareScores)
    .map(({ chunk, fused, ...scores }) => ({ ...chunk, score: fused, foundBy: foundBy(scores) }));
}

interface ChunkScores {
  chunk: RankedChunk;
  /** Undefined when this ranking has not found the chunk. */
  lexical?: number;
  vector?: number;
}

/** Returns a function that maps the best score to 1, and the floor and what was not found to 0. */
function createNormalizer(ranking: readonly RankedChunk[], floor: number): (score?: number) => number {
  const best = ranking[0]?.score ?? 0;
  return (score) => {
    if (score === undefined) return 0;
    return best > floor ? Math.max(0, (score - floor) / (best - floor)) : 1;
  };
}

type FusedScores = ChunkScores & { fused: number };

function compareScores(one: FusedScores, other: FusedScores): number {
  return (
    other.fused - one.fused ||
    (other.lexical ?? -1) - (one.lexical ?? -1) ||
    (other.vector ?? -1) - (one.vector ?? -1) ||
    (one.chunk.id < other.chunk.id ? 1 : -1)
  );
}

function foundBy({ lexical, vector }: Omit<ChunkScores, 'chunk'>): KnowledgeHit['foundBy'] {
  if (lexical === undefined) return 'vector';
  return vector === undefined ? 'lexical' : 'both';
}
