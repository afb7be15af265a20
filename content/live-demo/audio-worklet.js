/** Runs in the audio thread: plays and records PCM with 16 bits. */

/* global AudioWorkletProcessor, registerProcessor */

/** 40 ms. */
const FRAME_SAMPLES = 960;
/** A report of the position every 100 ms. */
const REPORT_SAMPLES = 2400;

class Player extends AudioWorkletProcessor {
  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.handle(data);
    this.begin(null);
  }

  begin(turnId) {
    this.turnId = turnId;
    this.queue = [];
    this.offset = 0;
    this.played = 0;
    this.reported = 0;
    this.isPaused = false;
  }

  handle({ type, turnId, pcm }) {
    if (type === 'begin') this.begin(turnId);
    if (type === 'audio' && pcm.byteLength >= 2) this.queue.push(new Int16Array(pcm, 0, pcm.byteLength >> 1));
    if (type === 'pause') {
      this.isPaused = true;
      this.report();
    }
    if (type === 'resume') this.isPaused = false;
    if (type === 'drop') this.queue = [];
  }

  process(_inputs, [[output]]) {
    if (this.isPaused || !output) return true;
    for (let index = 0; index < output.length && this.queue.length > 0; index += 1) {
      const [pcm] = this.queue;
      output[index] = pcm[this.offset] / 32768;
      this.offset += 1;
      this.played += 1;
      if (this.offset < pcm.length) continue;
      this.offset = 0;
      this.queue.shift();
    }
    const isAtEnd = this.queue.length === 0;
    if (this.played - this.reported >= REPORT_SAMPLES || (isAtEnd && this.played > this.reported))
      this.report();
    return true;
  }

  report() {
    if (this.turnId === null) return;
    this.reported = this.played;
    this.port.postMessage({ turnId: this.turnId, samples: this.played });
  }
}

class Recorder extends AudioWorkletProcessor {
  constructor() {
    super();
    this.frame = new Int16Array(FRAME_SAMPLES);
    this.length = 0;
  }

  process([[input]]) {
    for (const sample of input ?? []) {
      this.frame[this.length] = Math.max(-1, Math.min(1, sample)) * 32767;
      this.length += 1;
      if (this.length < FRAME_SAMPLES) continue;
      const { buffer } = this.frame.slice();
      this.port.postMessage(buffer, [buffer]);
      this.length = 0;
    }
    return true;
  }
}

registerProcessor('player', Player);
registerProcessor('recorder', Recorder);
