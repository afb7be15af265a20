import { Injectable } from '@nestjs/common';
import { Config } from '@/platform/config/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Log } from '@/platform/logging/index.js';
import { LiveEventStore } from '../events/live-event-store.js';
import { LiveLeaseService } from '../sessions/index.js';
import { ReplayedSources } from '../turns/replayed-sources.js';
import { type ClientFrame, parseClientFrame } from './client-frames.rules.js';
import { FrameLimiter } from './frame-limiter.js';
import type { LiveConnection } from './live-connection.js';
import type { LiveTalk } from './live-talk.js';

/** A client that sends audio without a speech provider is told so at most once a second. */
const AUDIO_ERROR_INTERVAL_MS = 1_000;

/** Handles what clients send, in its order. A bad frame is answered with an `error` event and ends nothing. */
@Injectable()
export class ClientFrameHandler {
  constructor(
    private readonly events: LiveEventStore,
    private readonly sources: ReplayedSources,
    private readonly leases: LiveLeaseService,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly log: Log,
  ) {}

  /** Listens to a socket until it closes. */
  listen(talk: LiveTalk, connection: LiveConnection): void {
    const limiter = new FrameLimiter();
    let audioErrorAt = -Infinity;
    const onAudio = (bytes: Buffer): void => {
      const { speech } = talk.conversation;
      if (speech) return this.hear(connection, speech.receiveAudio(bytes));
      if (performance.now() - audioErrorAt < AUDIO_ERROR_INTERVAL_MS) return;
      audioErrorAt = performance.now();
      const message = 'This server has no speech provider. Send text.input.';
      connection.send('error', { code: 'speech_not_configured', message });
    };
    connection.onMessage((data, isBinary) => {
      const isAllowed = isBinary ? limiter.takeAudio(data.length) : limiter.takeText();
      if (this.config.rateLimits && !isAllowed) return connection.close(1008, 'too_many_frames');
      if (isBinary) onAudio(data);
      else this.handleText(talk, connection, data.toString('utf8'));
    });
  }

  private handleText(talk: LiveTalk, connection: LiveConnection, message: string): void {
    const frame = parseClientFrame(message);
    if ('code' in frame) connection.send('error', frame);
    else this.handle(talk, connection, frame);
  }

  private handle(talk: LiveTalk, connection: LiveConnection, { type, data }: ClientFrame): void {
    const { conversation, output } = talk;
    switch (type) {
      case 'text.input': {
        const now = this.clock.now();
        return conversation.answer({ text: data.text, startedAt: now, endedAt: now });
      }
      case 'interrupt':
        return conversation.interrupt();
      case 'playback.position':
        output.markSpoken();
        return conversation.speech?.recordPlayback(data.turn_id.toLowerCase(), data.milliseconds);
      case 'session.resume':
        return this.run(connection, this.resume(talk, connection, data.last_seq));
      case 'session.end':
        return this.run(connection, this.leases.end(talk.admission.session.sessionId, 'client'));
      case 'ping':
        return connection.send('pong', data?.id === undefined ? {} : { id: data.id });
    }
  }

  /** The server reads no more from the client until its audio was taken. */
  private hear(connection: LiveConnection, taken: Promise<void> | void): void {
    if (taken) this.run(connection, taken);
  }

  /** Reads no more from the client until the work is done. */
  private run(connection: LiveConnection, work: Promise<unknown>): void {
    connection.pauseReading();
    void work
      .catch((error: unknown) => {
        this.log.error('live.frame_failed', error);
        connection.send('error', { code: 'internal_error', message: 'An internal error occurred.' });
      })
      .finally(() => connection.resumeReading());
  }

  private async resume(talk: LiveTalk, connection: LiveConnection, lastSeq: number): Promise<void> {
    const { output, admission } = talk;
    const before = output.log.lastSeq;
    const frames = await this.events.readAfter(output.log, lastSeq);
    if (frames) connection.replay(await this.sources.hideUnreadable(admission.session.owner, frames));
    else connection.send('session.resync', { last_seq: before });
  }
}
