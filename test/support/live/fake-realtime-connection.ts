import { setTimeout as pause } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { FakeSpeechServer, SpeechPlan } from './fake-speech-server.js';
import { framesOf } from './tones.js';

type Event = Record<string, unknown> & { type: string };

/** One connection of the fake speech-to-speech model. */
export class FakeRealtimeConnection {
  readonly received: Event[] = [];
  private items = 0;
  private responses = 0;
  private active: string | undefined;

  constructor(
    readonly socket: WebSocket,
    private readonly server: FakeSpeechServer,
    readonly url: string,
  ) {
    socket.on('message', (data) => void this.receive(JSON.parse((data as Buffer).toString()) as Event));
    this.send({ type: 'session.created', session: {} });
  }

  /** Returns the received events of a type. */
  ofType(type: string): Event[] {
    return this.received.filter((event) => event.type === type);
  }

  private send(event: Event): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(event));
  }

  private async receive(event: Event): Promise<void> {
    this.received.push(event);
    switch (event.type) {
      case 'session.update':
        return this.configure(event);
      case 'input_audio_buffer.commit':
        return this.commit();
      case 'response.create':
        return this.respond();
      case 'response.cancel':
        if (this.active === undefined) this.sendError('response_cancel_not_active');
        else this.finish(this.active, 'cancelled');
    }
  }

  private configure({ session }: Event): void {
    const isBeta = 'modalities' in (session as object);
    if (isBeta === this.server.isBeta) this.send({ type: 'session.updated', session });
    else this.sendError('unknown_parameter');
  }

  private commit(): void {
    const item_id = `item_${(this.items += 1)}`;
    this.send({ type: 'input_audio_buffer.committed', item_id });
    const { hangs, status = 200 } = this.server.planTranscription();
    if (hangs) return;
    const prefix = 'conversation.item.input_audio_transcription';
    const transcript = this.server.nextTranscript();
    if (status !== 200) return this.send({ type: `${prefix}.failed`, item_id, error: {} });
    this.send({ type: `${prefix}.delta`, item_id, delta: transcript });
    this.send({ type: `${prefix}.completed`, item_id, transcript });
  }

  private async respond(): Promise<void> {
    this.responses += 1;
    const id = `response_${this.responses}`;
    const plan = this.server.planAnswer(this.responses);
    if (plan.hangs) return;
    this.active = id;
    this.send({ type: 'response.created', response: { id } });
    await this.stream(id, plan);
  }

  private async stream(id: string, { cutAfterMs, stallsAfterMs, delayMs = 0 }: SpeechPlan): Promise<void> {
    const { answer, isBeta } = this.server;
    const prefix = isBeta ? 'response.audio' : 'response.output_audio';
    const common = { response_id: id, item_id: `item_${id}` };
    if (delayMs > 0) await pause(delayMs);
    for (const delta of answer.match(/\S+\s*/gu) ?? []) {
      if (this.active !== id) return;
      this.send({ type: `${prefix}_transcript.delta`, ...common, delta });
    }
    for (const [index, frame] of framesOf(this.server.audioOf(answer), 50).entries()) {
      if (this.active !== id) return;
      if (cutAfterMs !== undefined && index * 50 >= cutAfterMs) return this.socket.terminate();
      if (stallsAfterMs !== undefined && index * 50 >= stallsAfterMs) return;
      this.send({ type: `${prefix}.delta`, ...common, delta: frame.toString('base64') });
    }
    this.finish(id, 'completed');
  }

  private finish(id: string, status: string): void {
    this.active = undefined;
    this.send({ type: 'response.done', response: { id, status } });
  }

  private sendError(code: string): void {
    this.send({ type: 'error', error: { type: 'invalid_request_error', code, message: 'sk-speech' } });
  }
}
