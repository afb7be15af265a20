/** The process stays alive while the server holds the other end of this pipe. */
export const LIFELINE_FD = 4;

/** What the process writes to the pipe before it ends itself: it uses too much memory, or too much processor time. */
export const OUT_OF_MEMORY_SIGN = 'm';
export const OUT_OF_TIME_SIGN = 't';
