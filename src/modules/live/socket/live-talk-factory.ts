import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { Log } from '@/platform/logging/index.js';
import { SessionOutput } from '../channel/session-output.js';
import type { EventLog } from '../events/event-log.js';
import { LiveSpeechRegistry } from '../turns/live-speech.js';
import { SessionConversation } from '../turns/session-conversation.js';
import { TurnRecorder } from '../turns/turn-recorder.js';
import { TurnRunner } from '../turns/turn-runner.js';
import type { Admission } from './live-admission.service.js';
import type { LiveConnection } from './live-connection.js';
import type { LiveTalk } from './live-talk.js';

/** Creates what a session has in this process, and connects its audio. */
@Injectable()
export class LiveTalkFactory {
  constructor(
    private readonly runner: TurnRunner,
    private readonly recorder: TurnRecorder,
    private readonly speech: LiveSpeechRegistry,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  create(admission: Admission, eventLog: EventLog): LiveTalk {
    const { runner, recorder, clock, log } = this;
    const output = new SessionOutput(eventLog, clock);
    const ports = { runner, recorder, clock, log };
    return {
      admission,
      output,
      conversation: new SessionConversation(admission.session, output, ports),
      connection: null,
      detachedAt: 0,
      seenAt: 0,
      pingedAt: 0,
      leaseDueAt: 0,
      quotaEndsAt: null,
      warnedOfQuota: false,
      warnedOfIdleness: false,
    };
  }

  /** Makes a socket the one of the session. */
  connect(talk: LiveTalk, connection: LiveConnection): void {
    const { conversation } = talk;
    talk.connection = connection;
    talk.seenAt = talk.pingedAt = performance.now();
    connection.onPong(() => (talk.seenAt = performance.now()));
    const stream = this.speech.open(connection, conversation);
    conversation.speech = stream;
    connection.closed.addEventListener('abort', () => {
      if (stream && conversation.speech === stream) {
        conversation.interrupt(); // audio is not sent again
        conversation.speech = null;
      }
      stream?.close();
      if (talk.connection !== connection) return;
      talk.connection = null;
      talk.detachedAt = performance.now();
    });
  }
}
