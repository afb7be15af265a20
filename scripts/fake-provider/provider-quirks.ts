import type { FakeProviderKind } from './fake-provider.js';
import { BODY_QUIRKS } from './quirks/body-quirks.js';
import { ENDING_QUIRKS } from './quirks/ending-quirks.js';
import { REFUSAL_QUIRKS } from './quirks/refusal-quirks.js';
import { SHAPE_QUIRKS } from './quirks/shape-quirks.js';
import { USAGE_QUIRKS } from './quirks/usage-quirks.js';
import type { ScriptedAnswer } from './scripted-answer.js';

/** Where a quirk is played. */
export interface QuirkContext {
  kind: FakeProviderKind;
  streaming: boolean;
}

/** The answers that a provider with this quirk sends; undefined when its protocol cannot express the quirk. */
export type Quirk = (context: QuirkContext) => ScriptedAnswer | undefined;

/** What real providers send, each under a name. */
export const PROVIDER_QUIRKS: Readonly<Record<string, Quirk>> = {
  ...ENDING_QUIRKS,
  ...BODY_QUIRKS,
  ...USAGE_QUIRKS,
  ...REFUSAL_QUIRKS,
  ...SHAPE_QUIRKS,
};
