/** Sound of the browser: PCM with 16 bits, one channel and 24,000 samples in a second, in both directions. */

const SAMPLE_RATE = 24000;

export class Audio {
  #context = null;
  #player = null;
  #microphone = null;
  #onPosition;

  /** `onPosition` gets the turn and the milliseconds of it that were played, several times a second. */
  constructor(onPosition) {
    this.#onPosition = onPosition;
  }

  /** To be called in the handler of a click: browsers play nothing before one. */
  async open() {
    if (this.#context) return this.#context.resume();
    const context = new AudioContext({ sampleRate: SAMPLE_RATE });
    this.#context = context;
    await context.audioWorklet.addModule(new URL('audio-worklet.js', import.meta.url));
    const player = new AudioWorkletNode(context, 'player', { numberOfInputs: 0, outputChannelCount: [1] });
    player.port.onmessage = ({ data: { turnId, samples } }) =>
      this.#onPosition(turnId, (samples / SAMPLE_RATE) * 1000);
    player.connect(context.destination);
    this.#player = player;
    return context.resume();
  }

  /** The audio that follows belongs to this turn. */
  beginTurn(turnId) {
    this.#player?.port.postMessage({ type: 'begin', turnId });
  }

  play(pcm) {
    this.#player?.port.postMessage({ type: 'audio', pcm }, [pcm]);
  }

  pause() {
    this.#player?.port.postMessage({ type: 'pause' });
  }

  resume() {
    this.#player?.port.postMessage({ type: 'resume' });
  }

  /** Drops what was not played. */
  drop() {
    this.#player?.port.postMessage({ type: 'drop' });
  }

  get isRecording() {
    return this.#microphone !== null;
  }

  /** `onAudio` gets an ArrayBuffer of 40 ms. */
  async startMicrophone(onAudio) {
    await this.open();
    const constraints = { channelCount: 1, echoCancellation: true, autoGainControl: true };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: constraints });
    const source = this.#context.createMediaStreamSource(stream);
    const recorder = new AudioWorkletNode(this.#context, 'recorder', { numberOfOutputs: 0 });
    recorder.port.onmessage = ({ data }) => onAudio(data);
    source.connect(recorder);
    this.#microphone = { stream, source };
  }

  stopMicrophone() {
    if (!this.#microphone) return;
    const { stream, source } = this.#microphone;
    source.disconnect();
    for (const track of stream.getTracks()) track.stop();
    this.#microphone = null;
  }
}
