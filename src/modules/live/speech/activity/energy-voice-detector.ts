import { BYTES_PER_SAMPLE, levelOf, msToSamples } from '../audio/pcm.js';
import { VoiceActivityDetector, type VoiceEvent } from './voice-activity-detector.js';

export interface EnergyThresholds {
  /** Decibels above the noise at which voice starts. */
  startAboveNoiseDb: number;
  /** Decibels above the noise below which voice ends; lower than the start, so that it does not flicker. */
  stopAboveNoiseDb: number;
  /** Voice is never found below this level. */
  minimumLevelDb: number;
  /** Voice that must be heard before it counts as started. */
  startMs: number;
  /** Silence that must be heard before voice counts as ended. */
  stopMs: number;
}

const DEFAULTS: EnergyThresholds = {
  startAboveNoiseDb: 12,
  stopAboveNoiseDb: 7,
  minimumLevelDb: -50,
  startMs: 60,
  stopMs: 500,
};

const FRAME_SAMPLES = msToSamples(20);
const FRAME_BYTES = FRAME_SAMPLES * BYTES_PER_SAMPLE;
const FIRST_NOISE_DB = -60;
const MIN_NOISE_DB = -80;
const MAX_NOISE_DB = -35;
/** The noise follows a lower level at once, and a higher one slowly: speech is not noise. */
const NOISE_RISE_DB_PER_FRAME = 0.05;

/** Finds voice by its level above the noise, with hysteresis. */
export class EnergyVoiceDetector extends VoiceActivityDetector {
  private readonly thresholds: EnergyThresholds;
  private rest: Buffer = Buffer.alloc(0);
  /** Samples before `rest`. */
  private position = 0;
  private noiseDb = FIRST_NOISE_DB;
  private isActive = false;
  private startSample = 0;
  private endSample = 0;
  private voiced = 0;
  /** Samples of the present run of loud frames (outside of voice) or of quiet frames (in voice). */
  private run = 0;

  constructor(thresholds: Partial<EnergyThresholds> = {}) {
    super();
    this.thresholds = { ...DEFAULTS, ...thresholds };
  }

  get isVoice(): boolean {
    return this.isActive;
  }

  get voicedSamples(): number {
    return this.voiced;
  }

  get silentSamples(): number {
    return this.isActive ? this.run : 0;
  }

  append(pcm: Buffer): VoiceEvent[] {
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, pcm]) : pcm;
    const events: VoiceEvent[] = [];
    let offset = 0;
    for (; offset + FRAME_BYTES <= bytes.length; offset += FRAME_BYTES) {
      const event = this.readFrame(levelOf(bytes, offset, offset + FRAME_BYTES));
      if (event) events.push(event);
    }
    this.rest = Buffer.from(bytes.subarray(offset));
    return events;
  }

  private readFrame(levelDb: number): VoiceEvent | undefined {
    const start = this.position;
    this.position += FRAME_SAMPLES;
    const { startAboveNoiseDb, stopAboveNoiseDb, minimumLevelDb } = this.thresholds;
    const isAbove = (distance: number): boolean =>
      levelDb >= Math.max(minimumLevelDb, this.noiseDb + distance);
    const event = this.isActive
      ? this.readInVoice(isAbove(stopAboveNoiseDb))
      : this.readInSilence(isAbove(startAboveNoiseDb), start);
    this.followNoise(levelDb);
    return event;
  }

  private readInSilence(isLoud: boolean, start: number): VoiceEvent | undefined {
    if (!isLoud) {
      this.run = 0;
      return undefined;
    }
    if (this.run === 0) this.startSample = start;
    this.run += FRAME_SAMPLES;
    if (this.run < msToSamples(this.thresholds.startMs)) return undefined;
    this.isActive = true;
    this.voiced = this.run;
    this.endSample = this.position;
    this.run = 0;
    return { type: 'voice_started', startSample: this.startSample };
  }

  private readInVoice(isLoud: boolean): VoiceEvent | undefined {
    if (isLoud) {
      this.voiced += FRAME_SAMPLES;
      this.endSample = this.position;
      this.run = 0;
      return undefined;
    }
    this.run += FRAME_SAMPLES;
    if (this.run < msToSamples(this.thresholds.stopMs)) return undefined;
    this.isActive = false;
    this.run = 0;
    const { startSample, endSample, voiced: voicedSamples } = this;
    return { type: 'voice_ended', startSample, endSample, voicedSamples };
  }

  private followNoise(levelDb: number): void {
    if (this.isActive) return;
    const risen = Math.min(levelDb, this.noiseDb + NOISE_RISE_DB_PER_FRAME);
    this.noiseDb = Math.max(MIN_NOISE_DB, Math.min(MAX_NOISE_DB, risen));
  }
}
