export { LiveSessionsModule } from './live-sessions.module.js';
export { LiveLeaseService, type LiveLeaseState } from './live-lease.service.js';
export { LiveSessionEndings } from './live-session-endings.js';
export { LiveSessionFinder } from './live-session-finder.js';
export { LiveSessionNotifier } from './live-session-notifier.js';
export { type EmbedSettings, LiveSocketSessions } from './live-socket-sessions.js';
export type { EmbedGrant } from './live-session-starter.js';
export type { LiveSessionContext } from './live-session-context.js';
export { type PracticeModule, PracticeModuleRegistry } from './practice-module.registry.js';
export { LiveTicketService } from './live-ticket.service.js';
export {
  DISCLOSURE,
  HEARTBEAT_SECONDS,
  LEASE_SECONDS,
  type LiveEndReason,
  type LiveSessionType,
  SESSION_TYPES,
} from './live-session.rules.js';
