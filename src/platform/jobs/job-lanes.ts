/**
 * Lanes of jobs. Each lane has its own workers, so that jobs of one lane never wait for jobs of another: mail leaves while
 * documents are read.
 */
export const JOB_LANES = [
  'general',
  'mail',
  'deliveries',
  'integrations',
  'ingestion',
  'embedding',
  'evaluation',
] as const;
export type JobLane = (typeof JOB_LANES)[number];

/** Jobs of a lane that one process runs at the same time. */
export const LANE_CONCURRENCY: Readonly<Record<JobLane, number>> = {
  general: 2,
  mail: 4,
  deliveries: 4,
  integrations: 2,
  ingestion: 1,
  embedding: 1,
  evaluation: 8,
};
