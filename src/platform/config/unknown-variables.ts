import { PROVIDER_VARIABLES } from './ai-providers.js';
import { RETRIEVAL_MODEL_VARIABLES } from './retrieval-models.js';
import { environmentSchema } from './schema.js';
import { SPEECH_VARIABLES } from './speech-providers.js';

const MIN_LENGTH = 5;
/** Names of other programs that resemble ours. */
const FOREIGN_NAMES = new Set(['HOSTS', 'MAILTO']);

export interface UnknownVariable {
  name: string;
  nearest: string;
}

/** Returns variables whose name is that of no setting and nearly that of one, such as `CORS_ORIGIN`. */
export function findMisspeltVariables(
  environment: Readonly<Record<string, string | undefined>>,
): UnknownVariable[] {
  const known = [
    ...Object.keys(environmentSchema.shape),
    ...PROVIDER_VARIABLES,
    ...RETRIEVAL_MODEL_VARIABLES,
    ...SPEECH_VARIABLES,
  ];
  return Object.keys(environment).flatMap((name) => {
    if (known.includes(name) || FOREIGN_NAMES.has(name) || name.length < MIN_LENGTH) return [];
    const allowed = name.length < 8 ? 1 : 2;
    const distances = known.map((setting) => ({
      setting,
      distance: editDistance(name.toUpperCase(), setting),
    }));
    const nearest = distances.reduce((best, each) => (each.distance < best.distance ? each : best));
    return nearest.distance <= allowed ? [{ name, nearest: nearest.setting }] : [];
  });
}

/** Returns the number of insertions, deletions and replacements of characters between two texts. */
function editDistance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
