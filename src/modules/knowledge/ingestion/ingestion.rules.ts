/** The job that ingests one version. */
export const INGESTION_JOB = 'ingestion.version';

/** The key of the job of a version is this prefix with the id of the version. */
export const JOB_KEY_PREFIX = 'ingestion/';

/** Tells all nodes the id of a version that is not to be ingested any more. */
export const STOPPED_TOPIC = 'ingestion.stopped';
/** Tells all nodes the id of a document whose state has changed. */
export const CHANGED_TOPIC = 'ingestion.changed';
