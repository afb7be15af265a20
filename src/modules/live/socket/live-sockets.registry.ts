import { Injectable, type OnModuleInit } from '@nestjs/common';
import { KeyedMutex } from '@/platform/concurrency/index.js';
import { Log } from '@/platform/logging/index.js';
import { Database } from '@/platform/persistence/index.js';
import { WebSockets } from '@/platform/web-sockets/index.js';
import type { LiveEndingReason } from '../channel/live-events.js';
import { EventLogHandovers, type ExpectedHandover } from '../events/event-log-handovers.js';
import { LiveEventStore } from '../events/live-event-store.js';
import { type LiveEndReason, LiveSessionNotifier } from '../sessions/index.js';
import type { LiveTalk } from './live-talk.js';

const ENDINGS: Readonly<Record<LiveEndReason, { reason: LiveEndingReason; code: number }>> = {
  client: { reason: 'ended', code: 1000 },
  idle: { reason: 'idle', code: 1000 },
  drained: { reason: 'server_restarts', code: 1001 },
  credentials: { reason: 'credentials_ended', code: 4401 },
  silent: { reason: 'session_gone', code: 4404 },
  error: { reason: 'session_gone', code: 4404 },
  quota: { reason: 'quota_exceeded', code: 4429 },
};

/** The sessions that have or had a socket in this process. Closes sockets when their session ends or has a newer one. */
@Injectable()
export class LiveSocketsRegistry implements OnModuleInit {
  private readonly talks = new Map<string, LiveTalk>();
  /** What attaches a socket to a session, and what hands a session over, is not interleaved. */
  private readonly mutex = new KeyedMutex();
  private readonly recordings = new Set<Promise<void>>();
  private draining = false;

  constructor(
    private readonly events: LiveEventStore,
    private readonly handovers: EventLogHandovers,
    private readonly notifier: LiveSessionNotifier,
    private readonly webSockets: WebSockets,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.notifier.onEnded((id, reason) => this.finish(id, reason));
    this.notifier.onAttached((id, attachment) => void this.yieldTo(id, attachment));
    this.webSockets.onDrain(() => this.drain());
    this.database.beforeClose(async () => void (await Promise.allSettled(this.recordings)));
  }

  get all(): readonly LiveTalk[] {
    return [...this.talks.values()];
  }

  find(sessionId: string): LiveTalk | undefined {
    return this.talks.get(sessionId);
  }

  /** Runs what attaches a socket to a session of this process. */
  attach(sessionId: string, work: (handover: ExpectedHandover) => Promise<void>): Promise<void> {
    return this.mutex.run(sessionId, async () => {
      try {
        await this.handovers.expect(sessionId, work);
      } finally {
        if (!this.talks.has(sessionId)) this.events.close(sessionId);
      }
    });
  }

  /** Adds a session whose socket has just opened. */
  add(talk: LiveTalk): void {
    this.talks.set(talk.admission.session.sessionId, talk);
    if (this.draining) this.closeForDrain(talk);
  }

  /** The session has ended: tells the client why, and closes its socket. */
  finish(sessionId: string, endReason: LiveEndReason): void {
    const talk = this.talks.get(sessionId);
    if (!talk) return;
    const { reason, code } = ENDINGS[endReason];
    this.talks.delete(sessionId);
    void this.stop(talk);
    if (endReason === 'quota')
      talk.output.send('quota.exceeded', { message: 'Monthly Live session quota exceeded' });
    talk.output.send('session.ending', { reason });
    talk.connection?.close(code, reason);
    this.events.close(sessionId);
  }

  /** Forgets a session whose client has not come back. */
  forget(talk: LiveTalk): Promise<void> {
    const { sessionId } = talk.admission.session;
    return this.mutex.run(sessionId, async () => {
      if (talk.connection || this.talks.get(sessionId) !== talk) return; // it has come back
      this.talks.delete(sessionId);
      this.events.close(sessionId);
      await this.stop(talk);
    });
  }

  /** Another attachment has the session: unless it is of this process, hands over what this process has of the session. */
  yieldTo(sessionId: string, attachment: number): Promise<void> {
    const handOver = async (): Promise<void> => {
      if ((this.events.findAttachment(sessionId) ?? attachment) >= attachment) return;
      await this.drop(sessionId);
      await this.events.handOver(sessionId);
    };
    return this.mutex
      .run(sessionId, handOver)
      .catch((error: unknown) => this.log.error('live.session_not_handed_over', error));
  }

  /** Closes the socket of a session that another process has or had. The turns are stored, so that it can read them. */
  async drop(sessionId: string): Promise<void> {
    const talk = this.talks.get(sessionId);
    if (!talk) return;
    this.replace(talk);
    this.talks.delete(sessionId);
    await this.stop(talk);
  }

  /** Closes the socket of a session that has a newer one. */
  replace(talk: LiveTalk): void {
    const { connection } = talk;
    if (!connection) return;
    talk.connection = null;
    talk.detachedAt = performance.now();
    connection.closeReplaced();
  }

  private drain(): void {
    this.draining = true;
    for (const talk of this.all) this.closeForDrain(talk);
  }

  /** The session stays active: its client goes on at another process. */
  private closeForDrain(talk: LiveTalk): void {
    void this.stop(talk);
    talk.output.send('session.ending', { reason: 'server_restarts' });
    talk.connection?.close(1001, 'server_restarts');
  }

  /** Stops a running answer; what was heard of it is stored. */
  private stop({ conversation }: LiveTalk): Promise<void> {
    conversation.interrupt();
    const recording = conversation.whenRecorded().finally(() => this.recordings.delete(recording));
    this.recordings.add(recording);
    return recording;
  }
}
