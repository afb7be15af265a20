import type { Skill, TimedWord } from '@/modules/xel/evaluation/evaluation.js';
import { invalidField } from '@/platform/errors/index.js';
import type { XelEvaluationRequest } from './dto/evaluate.request.js';

/** What a learner wrote or said. */
export interface LearnerText {
  skill: Skill;
  text: string;
  words: TimedWord[] | null;
}

/** Where the words of a learner are read, when they are not in the request. */
export interface LearnerTextSources {
  /** Reads what a learner said in a live session, by the id of its transcript. */
  readTranscript: (transcriptId: string) => Promise<string>;
  /** Reads what a learner said in the recording of the request. */
  transcribe: () => Promise<Pick<LearnerText, 'text' | 'words'>>;
}

const FIELDS = ['text', 'transcript', 'transcript_id', 'words', 'file'] as const;
const FIELDS_OF_SKILL: Readonly<Record<Skill, readonly (typeof FIELDS)[number][]>> = {
  writing: ['text'],
  speaking: ['transcript', 'transcript_id', 'words', 'file'],
};

/** Returns the text of a request. Throws 400 when it does not fit the skill, or when the language is not English. */
export async function readLearnerText(
  request: XelEvaluationRequest,
  { readTranscript, transcribe }: LearnerTextSources,
): Promise<LearnerText> {
  const { skill, text, transcript, transcript_id, words, language = 'en' } = request;
  if (!/^en(?:-|$)/i.test(language)) throw invalidField('language', 'supported', 'must be en');
  const foreign = FIELDS.find(
    (field) => request[field] !== undefined && !FIELDS_OF_SKILL[skill].includes(field),
  );
  if (foreign) throw invalidField(foreign, 'skill', `must be absent for the skill ${skill}`);
  if (request.file !== undefined) {
    assertAbsent(request, ['transcript', 'transcript_id', 'words'], 'file');
    return { skill, ...(await transcribe()) };
  }
  if (transcript_id !== undefined) {
    assertAbsent(request, ['transcript', 'words'], 'transcript_id');
    return { skill, text: await readTranscript(transcript_id), words: null };
  }
  const given = skill === 'writing' ? text : transcript;
  if (given === undefined)
    throw invalidField(
      skill === 'writing' ? 'text' : 'transcript',
      'required',
      `is required for the skill ${skill}`,
    );
  return { skill, text: given, words: words === undefined ? null : toTimedWords(words) };
}

function assertAbsent(
  request: XelEvaluationRequest,
  fields: readonly (typeof FIELDS)[number][],
  other: string,
): void {
  const given = fields.find((field) => request[field] !== undefined);
  if (given) throw invalidField(given, 'exclusive', `must be absent with ${other}`);
}

function toTimedWords(words: NonNullable<XelEvaluationRequest['words']>): TimedWord[] {
  words.forEach(({ start, end }, index) => {
    const earliest = words[index - 1]?.start ?? 0;
    if (end < start || start < earliest)
      throw invalidField(
        `words.${index}`,
        'order',
        'must be in the order of time and must not end before it starts',
      );
  });
  return words.map(({ word, start, end }) => ({ word, start, end }));
}
