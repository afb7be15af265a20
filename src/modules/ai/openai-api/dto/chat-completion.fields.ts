import { customRule, type FieldOptions, UnionField } from '@/platform/validation/index.js';

const MAX_PARTS = 1_000;
const MAX_STOP_SEQUENCES = 4;
const MAX_STOP_LENGTH = 256;

const TEXT_PART = {
  type: 'object',
  required: ['type', 'text'],
  properties: { type: { type: 'string', enum: ['text'] }, text: { type: 'string' } },
};
const TEXT_LIST = { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: MAX_STOP_SEQUENCES };
const NAMED_CHOICE = {
  type: 'object',
  required: ['type', 'function'],
  properties: {
    type: { type: 'string', enum: ['function'] },
    function: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
  },
};

/** A part of a message. Images, sounds and files are refused. */
export interface TextPart {
  type: 'text';
  text: string;
}

/** The tool that the model must call. */
export interface NamedToolChoice {
  type: 'function';
  function: { name: string };
}

const TOOL_CHOICES = ['auto', 'none', 'required'] as const;
export type ToolChoiceName = (typeof TOOL_CHOICES)[number];

/** The text of a message, or its parts. */
export function ContentField(options: FieldOptions = {}): PropertyDecorator {
  const isContent = customRule<unknown>(
    'content',
    `must be a text, or a list of at most ${MAX_PARTS} parts of the type text`,
    (value) =>
      typeof value === 'string' ||
      (Array.isArray(value) && value.length > 0 && value.length <= MAX_PARTS && value.every(isTextPart)),
  );
  const schema = { oneOf: [{ type: 'string' }, { type: 'array', items: TEXT_PART }] };
  return UnionField([isContent], { ...options, schema });
}

/** One stop sequence, or up to four. */
export function StopField(options: FieldOptions = {}): PropertyDecorator {
  const isSequence = (value: unknown): boolean =>
    typeof value === 'string' && value !== '' && value.length <= MAX_STOP_LENGTH;
  const isStop = customRule<unknown>(
    'stop',
    `must be a text, or 1 to ${MAX_STOP_SEQUENCES} texts, of at most ${MAX_STOP_LENGTH} characters`,
    (value) =>
      isSequence(value) ||
      (Array.isArray(value) &&
        value.length > 0 &&
        value.length <= MAX_STOP_SEQUENCES &&
        value.every(isSequence)),
  );
  return UnionField([isStop], { ...options, schema: { oneOf: [{ type: 'string' }, TEXT_LIST] } });
}

export function ToolChoiceField(options: FieldOptions = {}): PropertyDecorator {
  const isChoice = customRule<unknown>(
    'tool_choice',
    'must be auto, none, required, or an object with the name of a function',
    (value) => TOOL_CHOICES.some((name) => name === value) || isNamedChoice(value),
  );
  const schema = { oneOf: [{ type: 'string', enum: [...TOOL_CHOICES] }, NAMED_CHOICE] };
  return UnionField([isChoice], { ...options, schema });
}

/** A flag that must be false, because the answer has nothing that it could switch on. */
export function SwitchedOffField(options: FieldOptions = {}): PropertyDecorator {
  const isFalse = customRule<unknown>('unsupported', 'is not supported', (value) => value === false);
  return UnionField([isFalse], { ...options, schema: { type: 'boolean', enum: [false] } });
}

function isTextPart(value: unknown): boolean {
  const { type, text, ...rest } = toRecord(value);
  return type === 'text' && typeof text === 'string' && Object.keys(rest).length === 0;
}

function isNamedChoice(value: unknown): boolean {
  const { type, function: chosen, ...rest } = toRecord(value);
  const { name, ...others } = toRecord(chosen);
  return type === 'function' && typeof name === 'string' && Object.keys({ ...rest, ...others }).length === 0;
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
