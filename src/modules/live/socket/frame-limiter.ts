/** Frames of text, and bytes of audio, that a client may send in a second, and at once. */
const LIMITS = {
  text: { perSecond: 30, burst: 120 },
  audio: { perSecond: 256 * 1024, burst: 4 * 1024 * 1024 },
};
const FRAME_COST_BYTES = 512;

interface Bucket {
  tokens: number;
  at: number;
}

/** Limits what one socket sends, with a bucket of tokens for each kind of frame. */
export class FrameLimiter {
  private readonly buckets: Record<keyof typeof LIMITS, Bucket>;

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(private readonly now: () => number = () => performance.now()) {
    const at = now();
    this.buckets = { text: { tokens: LIMITS.text.burst, at }, audio: { tokens: LIMITS.audio.burst, at } };
  }

  /** Returns false for a client that sends too much. */
  takeText(): boolean {
    return this.take('text', 1);
  }

  takeAudio(bytes: number): boolean {
    return this.take('audio', bytes + FRAME_COST_BYTES);
  }

  private take(kind: keyof typeof LIMITS, cost: number): boolean {
    const { perSecond, burst } = LIMITS[kind];
    const bucket = this.buckets[kind];
    const now = this.now();
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    if (bucket.tokens < cost) return false;
    bucket.tokens -= cost;
    return true;
  }
}
