import fc from 'fast-check';
import { framesOf, noise, silence, tone } from '@test/support/live/tones.js';
import { msToSamples, samplesToMs } from '../audio/pcm.js';
import { isBackchannel, isStopRequest } from './backchannels.js';
import { EnergyVoiceDetector } from './energy-voice-detector.js';
import { InterruptionJudge } from './interruption-judge.js';
import { type RecordedUtterance, UtteranceRecorder } from './utterance-recorder.js';
import type { VoiceEvent } from './voice-activity-detector.js';

function detect(...parts: Buffer[]): VoiceEvent[] {
  const detector = new EnergyVoiceDetector();
  return framesOf(Buffer.concat(parts)).flatMap((frame) => detector.append(frame));
}

function record(...parts: Buffer[]): RecordedUtterance[] {
  const utterances: RecordedUtterance[] = [];
  const recorder = new UtteranceRecorder(new EnergyVoiceDetector(), {
    onVoice: () => undefined,
    onUtterance: (utterance) => utterances.push(utterance),
  });
  for (const frame of framesOf(Buffer.concat(parts))) recorder.append(frame);
  return utterances;
}

describe('the voice detector', () => {
  it('finds the beginning and the end of voice', () => {
    expect(detect(noise(400), tone(600), noise(800))).toEqual([
      { type: 'voice_started', startSample: msToSamples(400) },
      {
        type: 'voice_ended',
        startSample: msToSamples(400),
        endSample: msToSamples(1000),
        voicedSamples: msToSamples(600),
      },
    ]);
  });

  it('finds nothing in silence, in soft noise and in a click', () => {
    expect(detect(silence(2000), noise(3000), tone(40), noise(500))).toEqual([]);
  });

  it('does not flicker between words, or at a level between its thresholds', () => {
    const soft = tone(2000, { amplitude: 0.006 });
    expect(detect(noise(300), tone(300), silence(300), tone(300), soft)).toHaveLength(1);
  });

  it('gets used to noise that lasts', () => {
    expect(detect(noise(5000, 0.004), tone(500), noise(800, 0.004)).map(({ type }) => type)).toEqual([
      'voice_started',
      'voice_ended',
    ]);
  });

  it('finds the same in pieces of any size', () => {
    const audio = Buffer.concat([noise(300), tone(500), noise(700), tone(200), silence(700)]);
    const expected = detect(audio);
    expect(expected).toHaveLength(4);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1 }), (sizes) => {
        const detector = new EnergyVoiceDetector();
        const events: VoiceEvent[] = [];
        for (let offset = 0, turn = 0; offset < audio.length; turn += 1) {
          const size = 2 * (sizes[turn % sizes.length] ?? 1);
          events.push(...detector.append(audio.subarray(offset, offset + size)));
          offset += size;
        }
        expect(events).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});

describe('the recorder of utterances', () => {
  it('keeps what was said, with a little before and after', () => {
    const [first, second, ...rest] = record(noise(1000), tone(600), silence(700), tone(300), silence(700));
    expect(rest).toEqual([]);
    expect(first).toMatchObject({ durationMs: 600, voicedMs: 600, agoMs: 500 });
    expect(second).toMatchObject({ durationMs: 300, voicedMs: 300, agoMs: 500 });
    expect(samplesToMs((first?.pcm.length ?? 0) / 2)).toBe(300 + 600 + 200);
  });

  it('cuts speech that never ends', () => {
    const utterances = record(tone(61_000), silence(600));
    expect(utterances.map(({ durationMs }) => Math.round(durationMs / 1000))).toEqual([60, 1]);
    expect(utterances.reduce((sum, { voicedMs }) => sum + voicedMs, 0)).toBe(61_000);
  });
});

describe('the judge of interruptions', () => {
  const judgeVoice = (voiceMs: number, silentMs: number): (string | undefined)[] => {
    const judge = new InterruptionJudge();
    judge.begin();
    const decisions: (string | undefined)[] = [];
    for (let ms = 20; ms <= voiceMs; ms += 20)
      decisions.push(judge.judge({ isAnswerAudible: true, voicedMs: ms, silentMs: 0 }));
    for (let ms = 20; ms <= silentMs; ms += 20)
      decisions.push(judge.judge({ isAnswerAudible: true, voicedMs: voiceMs, silentMs: ms }));
    return decisions.filter((decision) => decision !== undefined);
  };

  it('holds the answer at once, and lets it go on after short voice', () => {
    expect(judgeVoice(60, 0)).toEqual(['hold']);
    expect(judgeVoice(480, 400)).toEqual(['hold', 'resume']);
  });

  it('interrupts the answer for long voice, and waits for the transcript between', () => {
    expect(judgeVoice(2000, 0)[1]).toBe('interrupt');
    expect(judgeVoice(700, 480)).toEqual(['hold']);
  });

  it('holds again when the voice goes on after all', () => {
    const judge = new InterruptionJudge();
    judge.begin();
    const voice = (voicedMs: number, silentMs = 0) =>
      judge.judge({ isAnswerAudible: true, voicedMs, silentMs });
    expect([voice(300), voice(300, 300), voice(400), voice(520), voice(920)]).toEqual([
      ...['hold', 'resume', undefined, 'hold', 'interrupt'],
    ]);
  });

  it('has nothing to say while no answer plays', () => {
    expect(
      new InterruptionJudge().judge({ isAnswerAudible: false, voicedMs: 3000, silentMs: 0 }),
    ).toBeUndefined();
  });
});

describe('a transcript', () => {
  it.each(['Mm-hm.', 'mhm', 'Yeah, yeah!', 'OK.', '', '…', 'Uh-huh', 'Sí, sí', 'はい。'])(
    'is a backchannel: %j',
    (text) => expect(isBackchannel(text)).toBe(true),
  );

  it.each(['Yes, but why?', 'Paris', 'Stop', 'I think so', 'no'])('is no backchannel: %j', (text) =>
    expect(isBackchannel(text)).toBe(false),
  );

  it.each([
    ['Stop!', true],
    ['Wait, wait.', true],
    ['Hold on', true],
    ['Nonstop', false],
    ['mm-hm', false],
    ['', false],
  ])('%j asks to stop: %s', (text, expected) => expect(isStopRequest(text)).toBe(expected));
});
