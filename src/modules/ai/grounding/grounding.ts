import type { Owner } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';

/** A passage of a document that an answer may cite. Offsets are UTF-16 code units in the text of the document. */
export interface GroundingSource {
  /** The number in citations such as `[1]`, from 1. */
  n: number;
  /** The id of the chunk. */
  id: string;
  document_id: string;
  title: string;
  content: string;
  score: number;
  page: number | null;
  start: number;
  end: number;
}

/** A sentence of an answer after its citations were checked against their passages. */
export interface JudgedSentence {
  /** Without citations that do not hold. */
  text: string;
  /** Numbers of the sources that support the sentence. */
  citations: number[];
  supported: boolean;
}

/** What is stored when a grounded answer is complete, so that it can be checked later. */
export interface GroundedAnswerRecord {
  receiptId: string;
  generationId: string;
  conversationId: string | null;
  answer: string;
  sentences: readonly JudgedSentence[];
  /** The cited sources. */
  sources: readonly GroundingSource[];
}

/** The passages that were found for one question. */
export interface GroundedQuestion {
  /** The most relevant first; empty when nothing was found. */
  readonly sources: readonly GroundingSource[];
  /** The earlier questions that this one refers to, newest first; empty for a question that stands alone. */
  readonly earlierQuestions: readonly string[];
  /** Tells the model to answer from the passages alone, which follow as data. */
  readonly instruction: string;
  /** Checks the citations of one sentence. Adds the citation where the model has left it out. */
  judge(sentence: string): Promise<JudgedSentence>;
  /** Returns whether the asker may still read all sources. */
  isReadable(): Promise<boolean>;
  /** Stores the receipt; called in the transaction that stores the answer. */
  storeReceipt(record: GroundedAnswerRecord): Promise<void>;
}

export interface GroundingInput {
  question: string;
  /** Documents of this conversation are found too, and its last questions help to understand a follow-up. */
  conversationId: string | null;
  /** Without a conversation: the questions that the caller has sent along, newest first. */
  earlierQuestions?: readonly string[];
}

/**
 * Finds passages in the documents of a caller. The knowledge module implements this port and registers itself, because it
 * depends on this module.
 */
export interface Grounding {
  /** Throws `insufficient_api_key_scope` for a key that may not read documents. */
  ground(actor: Actor, input: GroundingInput): Promise<GroundedQuestion>;
  /** Returns passages that the built-in provider may quote. */
  findPassages(owner: Owner, question: string, limit: number): Promise<GroundingSource[]>;
  /** Returns the numbers of those of the sources that the reader may not read now. */
  findUnreadable(
    owner: Owner,
    sources: readonly Pick<GroundingSource, 'n' | 'document_id'>[],
  ): Promise<number[]>;
  /** Returns the numbers of the sources of a finished generation that its reader may not read now. */
  findGoneSources(owner: Owner, generationId: string): Promise<number[]>;
}
