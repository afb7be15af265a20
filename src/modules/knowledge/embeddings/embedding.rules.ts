/** The job that embeds one version which has become ready. */
export const EMBEDDING_JOB = 'embedding.version';
/** The job that embeds versions without vectors of the configured model. */
export const BACKFILL_JOB = 'embedding.backfill';

/** The payload of a backfill. */
export interface BackfillInput {
  model: string;
  /** The version after which it goes on; null at its beginning. */
  after: string | null;
  /** How often a node with another model had it. */
  postponements: number;
}
