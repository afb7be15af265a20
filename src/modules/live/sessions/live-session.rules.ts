/** Seconds between two heartbeats of a client. */
export const HEARTBEAT_SECONDS = 15;
/** Seconds for which a heartbeat extends a session. A session without a sign of life for this time has ended. */
export const LEASE_SECONDS = 45;

export const SESSION_TYPES = ['voice', 'avatar'] as const;
export type LiveSessionType = (typeof SESSION_TYPES)[number];

/**
 * Why a session ended. `client`: the client ended it. `silent`: no sign of life. `idle`: no one spoke. `quota`: the time of the
 * month is used. `credentials`: the access of the user or the token ended. `drained`: the server stopped, and no other took over.
 */
export const END_REASONS = ['client', 'silent', 'idle', 'quota', 'credentials', 'drained', 'error'] as const;
export type LiveEndReason = (typeof END_REASONS)[number];

export const DISCLOSURE =
  'You are talking to an AI. Its voice, its picture and its answers are made by a computer, not by a person.';
