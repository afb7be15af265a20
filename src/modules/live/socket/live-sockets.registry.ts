import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '@/platform/persistence/index.js';
import { WebSockets } from '@/platform/web-sockets/index.js';
import type { LiveEndingReason } from '../channel/live-events.js';
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
  /** Sessions to which this process attaches a socket now. */
  private readonly attaching = new Map<string, number>();
  private readonly recordings = new Set<Promise<void>>();
  private draining = false;

  constructor(
    private readonly events: LiveEventStore,
    private readonly notifier: LiveSessionNotifier,
    private readonly webSockets: WebSockets,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    this.notifier.onEnded((id, reason) => this.finish(id, reason));
    this.notifier.onAttached((id, attachment) => this.yieldTo(id, attachment));
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
  async attach<T>(sessionId: string, work: () => Promise<T>): Promise<T> {
    this.attaching.set(sessionId, (this.attaching.get(sessionId) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (this.attaching.get(sessionId) ?? 1) - 1;
      if (left > 0) this.attaching.set(sessionId, left);
      else this.attaching.delete(sessionId);
    }
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

  /** Forgets a session whose client has not come back. Resolves when its turns are stored. */
  forget(talk: LiveTalk): Promise<void> {
    const { sessionId } = talk.admission.session;
    if (this.talks.get(sessionId) === talk) this.talks.delete(sessionId);
    const recorded = this.stop(talk);
    this.events.close(sessionId);
    return recorded;
  }

  /** Another socket was attached to a session; the newer one has it. */
  private yieldTo(sessionId: string, attachment: number): void {
    const talk = this.talks.get(sessionId);
    if (talk?.connection && talk.connection.attachment < attachment) this.replace(talk);
    if (this.attaching.has(sessionId) || talk?.connection?.attachment === attachment) return;
    if (talk && (talk.connection?.attachment ?? 0) > attachment) return;
    void this.handOver(sessionId, talk);
  }

  /** The turns are stored before the process that has the session now reads them. */
  private async handOver(sessionId: string, talk: LiveTalk | undefined): Promise<void> {
    if (talk) await this.forget(talk);
    if (this.attaching.has(sessionId) || this.talks.has(sessionId)) return; // it has come back
    await this.events.handOver(sessionId);
  }

  /** Closes the socket of a session that has a newer one. */
  replace(talk: LiveTalk): void {
    const { connection } = talk;
    if (!connection) return;
    talk.connection = null;
    talk.detachedAt = performance.now();
    connection.notify('session.ending', { reason: 'replaced' });
    connection.close(4409, 'replaced');
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
