import * as z from 'zod';

const MAX_TEXT_LENGTH = 8_000;
const MAX_MILLISECONDS = 24 * 60 * 60 * 1000;
const MAX_SEQ = 2_147_483_647;

const text = z
  .string()
  .max(2 * MAX_TEXT_LENGTH, `must have at most ${MAX_TEXT_LENGTH} characters`)
  .refine((value) => !value.includes('\0') && value.isWellFormed(), 'must not contain NUL or broken Unicode')
  .refine((value) => /[\p{L}\p{N}\p{P}\p{S}]/u.test(value), 'must have a visible character')
  .refine((value) => [...value].length <= MAX_TEXT_LENGTH, `must have at most ${MAX_TEXT_LENGTH} characters`);
const seq = z.int('must be a whole number').min(0, 'must not be negative').max(MAX_SEQ, 'is too large');
const nothing = z.strictObject({}).optional();

/** The data of the frames that clients send, by type. */
const CLIENT_DATA = {
  'text.input': z.strictObject({ text }),
  interrupt: nothing,
  'playback.position': z.strictObject({
    turn_id: z.uuid('must be the id of a turn'),
    milliseconds: z
      .number('must be a number')
      .min(0, 'must not be negative')
      .max(MAX_MILLISECONDS, 'is too large'),
  }),
  'session.resume': z.strictObject({ last_seq: seq }),
  'session.end': nothing,
  ping: z.strictObject({ id: z.string().max(64, 'must have at most 64 characters').optional() }).optional(),
};

export type ClientFrameType = keyof typeof CLIENT_DATA;

/** A valid frame of a client. */
export type ClientFrame = {
  [Type in ClientFrameType]: { type: Type; data: z.infer<(typeof CLIENT_DATA)[Type]> };
}[ClientFrameType];

/** Why a frame is refused; the socket stays open. */
export interface FrameFault {
  code: 'malformed_frame' | 'unknown_type' | 'validation_failed';
  message: string;
  field?: string;
}

/** Returns the frame of a text message, or what is wrong with it. */
export function parseClientFrame(message: string): ClientFrame | FrameFault {
  const parsed = parseJson(message);
  if (!isObject(parsed)) return { code: 'malformed_frame', message: 'A frame is a JSON object.' };
  const { type, data, seq: number, ...others } = parsed;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return invalid(unknown, 'is not a field of a frame');
  if (typeof type !== 'string' || !Object.hasOwn(CLIENT_DATA, type))
    return { code: 'unknown_type', message: 'This type of frame does not exist.', field: 'type' };
  if (number !== undefined && !seq.safeParse(number).success)
    return invalid('seq', 'must be a whole number that is not negative');
  const result = CLIENT_DATA[type as ClientFrameType].safeParse(data);
  if (result.success) return { type, data: result.data } as ClientFrame;
  const [issue] = result.error.issues;
  return invalid(toField(issue), toMessage(issue));
}

const invalid = (field: string, message: string): FrameFault => ({
  code: 'validation_failed',
  message,
  field: shorten(field),
});

const MAX_FIELD_LENGTH = 120;

/** A field that the client named must not make the answer large. */
function shorten(field: string): string {
  return field.length <= MAX_FIELD_LENGTH ? field : `${field.slice(0, MAX_FIELD_LENGTH).toWellFormed()}…`;
}

type Issue = z.core.$ZodIssue | undefined;

function toField(issue: Issue): string {
  const names = issue?.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]] : (issue?.path ?? []);
  return ['data', ...names.map(String)].join('.');
}

function toMessage(issue: Issue): string {
  switch (issue?.code) {
    case 'unrecognized_keys':
      return 'is not a field of this frame';
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${withArticle(issue.expected)}`;
    default:
      return issue?.message ?? 'is not valid';
  }
}

function withArticle(type: string): string {
  if (type === 'int') return 'a whole number';
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function parseJson(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
