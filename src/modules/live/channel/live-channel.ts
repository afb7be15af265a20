import type { Owner } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import type { PracticeModule } from '../sessions/index.js';
import type { LiveServerEvents, LiveServerEventType } from './live-events.js';

/** The session of a socket, as its turns and its speech see it. */
export interface LiveChannelSession {
  readonly sessionId: string;
  readonly sessionType: 'voice' | 'avatar';
  readonly language: string | null;
  readonly voice: string | null;
  readonly instructions: string | null;
  /** The module of the course that is practised. */
  readonly practiceModule: PracticeModule | null;
  readonly provider: string | null;
  readonly useKnowledge: boolean;
  /** Pays for the tokens. */
  readonly owner: Owner;
  /** Null in an embedded page, which has no user. */
  readonly actor: Actor | null;
}

/** One open socket of a session. */
export interface LiveChannel {
  readonly session: LiveChannelSession;
  /** Aborts when the socket has closed. */
  readonly closed: AbortSignal;
  /** Numbers the event, sends it, and keeps it for clients that resume. Has no effect on a closed socket. */
  send<Type extends LiveServerEventType>(type: Type, data: LiveServerEvents[Type]): void;
  /** Sends a binary frame, which is not kept. Returns false when the caller should wait for `whenWritable`. */
  sendAudio(bytes: Uint8Array): boolean;
  /** Resolves when the client has read most of what was sent, or when the socket has closed. */
  whenWritable(): Promise<void>;
}
