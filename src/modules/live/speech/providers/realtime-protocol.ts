import { SAMPLE_RATE } from '../audio/pcm.js';
import type { EarlierTurn, SpeechToSpeechOptions } from './speech-to-speech.js';

/** An event of the protocol of OpenAI Realtime. */
export type RealtimeEvent = Record<string, unknown> & { type: string };

/** The present form of the protocol, and the form that older servers take. */
export type RealtimeDialect = 'current' | 'beta';

const FORMAT = { type: 'audio/pcm', rate: SAMPLE_RATE };
const TRANSCRIPTION_MODEL = 'gpt-4o-mini-transcribe';
/** Audio in one event: 200 kB in base64 are less than the limit of every server. */
const MAX_APPEND_BYTES = 150_000;

/** Returns the event that configures a session. The server finds the voice of the user itself, so the provider need not. */
export function buildSessionUpdate(
  dialect: RealtimeDialect,
  {
    instructions,
    language,
    voice,
  }: Pick<SpeechToSpeechOptions, 'instructions' | 'language'> & { voice: string },
): RealtimeEvent {
  const [base = ''] = (language ?? '').toLowerCase().split(/[-_]/);
  const transcription = {
    model: TRANSCRIPTION_MODEL,
    ...(/^[a-z]{2,3}$/.test(base) ? { language: base } : {}),
  };
  if (dialect === 'beta') {
    const session = {
      modalities: ['text', 'audio'],
      instructions,
      voice,
      input_audio_format: 'pcm16',
      output_audio_format: 'pcm16',
      input_audio_transcription: { ...transcription, model: 'whisper-1' },
      turn_detection: null,
    };
    return { type: 'session.update', session };
  }
  const audio = {
    input: { format: FORMAT, turn_detection: null, transcription },
    output: { format: FORMAT, voice },
  };
  return {
    type: 'session.update',
    session: { type: 'realtime', output_modalities: ['audio'], instructions, audio },
  };
}

/** Returns the event that adds a turn as text. */
export function buildTextItem(dialect: RealtimeDialect, { role, text }: EarlierTurn): RealtimeEvent {
  const outputType = dialect === 'beta' ? 'text' : 'output_text';
  const content = [{ type: role === 'user' ? 'input_text' : outputType, text }];
  const item = { type: 'message', role: role === 'user' ? 'user' : 'assistant', content };
  return { type: 'conversation.item.create', item };
}

/** Returns the events that add an utterance. */
export function buildSpeech(pcm: Buffer): RealtimeEvent[] {
  const events: RealtimeEvent[] = [{ type: 'input_audio_buffer.clear' }];
  for (let start = 0; start < pcm.length; start += MAX_APPEND_BYTES) {
    const audio = pcm.subarray(start, start + MAX_APPEND_BYTES).toString('base64');
    events.push({ type: 'input_audio_buffer.append', audio });
  }
  return [...events, { type: 'input_audio_buffer.commit' }];
}

/** Returns the event of a message; undefined for anything else. */
export function parseRealtimeEvent(message: string): RealtimeEvent | undefined {
  try {
    const value = JSON.parse(message) as { type?: unknown } | null;
    return typeof value?.type === 'string' ? (value as RealtimeEvent) : undefined;
  } catch {
    return undefined;
  }
}

/** Returns a text field, or the empty string. */
export function readText(event: Record<string, unknown>, field: string): string {
  const value = event[field];
  return typeof value === 'string' ? value : '';
}

/** Returns the fields of an object in a field. */
export function readObject(event: Record<string, unknown>, field: string): Record<string, unknown> {
  const value = event[field];
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
