import { ModelFailure } from '@/modules/ai/index.js';
import type { LiveChannel } from '@/modules/live/channel/live-channel.js';
import type { Log } from '@/platform/logging/index.js';
import { estimateSamples } from '../voice/heard-text.js';
import type { SpokenAnswerListener } from '../voice/spoken-answer.js';
import { estimateVisemes } from '../voice/visemes.js';

/** Tells the client what happens while an answer is spoken: the mouth of an avatar, and failures. */
export class VoiceEvents implements SpokenAnswerListener {
  constructor(
    private readonly channel: LiveChannel,
    private readonly turnId: string,
    private readonly log: Log,
  ) {}

  onFirstAudio(): void {
    if (this.isAvatar) this.channel.send('avatar.state', { state: 'speaking' });
  }

  onSegment({
    spoken,
    startSample,
    samples,
    isComplete,
    index,
  }: Parameters<SpokenAnswerListener['onSegment']>[0]): void {
    if (!this.isAvatar) return;
    const duration = isComplete ? samples : Math.max(samples, estimateSamples(spoken));
    this.channel.send('avatar.visemes', {
      turn_id: this.turnId,
      part: index,
      estimated: true,
      final: isComplete,
      visemes: estimateVisemes(spoken, startSample, duration),
    });
  }

  onFailure(error: unknown): void {
    reportSpeechFailure(this.channel, this.log, error);
  }

  private get isAvatar(): boolean {
    return this.channel.session.sessionType === 'avatar';
  }
}

/** Tells the client that speech has failed. The cause is in the log only. */
export function reportSpeechFailure(channel: LiveChannel, log: Log, error: unknown): void {
  if (channel.closed.aborted) return;
  if (error instanceof ModelFailure)
    log.warn('live.speech_failed', { reason: error.reason, detail: error.detail });
  else log.error('live.speech_failed', error);
  channel.send('error', { code: 'speech_failed', message: 'The speech provider failed. Text still works.' });
}
