import { flagInRuns, toInteger, valueInRuns } from './styles.js';
import { childNamed } from './xml-reader.js';
import type { XmlElement } from './xml-reader.js';

const SMALLEST_VISIBLE_HALF_POINTS = 2;

/**
 * Returns whether a reader cannot see the text of a run: it is marked as hidden, has no size, or is white.
 * `isOnPaper` tells that nothing coloured can be behind it.
 */
export function isHiddenRun(
  runs: readonly XmlElement[],
  paragraphs: readonly XmlElement[],
  isOnPaper: boolean,
): boolean {
  if (flagInRuns(runs, 'w:vanish')) return true;
  const size = toInteger(valueInRuns(runs, 'w:sz'));
  if (size !== undefined && size < SMALLEST_VISIBLE_HALF_POINTS) return true;
  const isWhite = /^(f[cdef]){3}$/i.test(valueInRuns(runs, 'w:color') ?? '');
  return isWhite && isOnPaper && !isShaded([...runs, ...paragraphs]);
}

function isShaded(properties: readonly XmlElement[]): boolean {
  return properties.some((element) => {
    const highlight = childNamed(element, 'w:highlight')?.attributes['w:val'] ?? 'none';
    const shading = childNamed(element, 'w:shd')?.attributes;
    const isPattern = shading !== undefined && !/^(clear|nil)$/.test(shading['w:val'] ?? 'clear');
    const isFilled = !/^(auto|ffffff)$/i.test(shading?.['w:fill'] ?? 'auto');
    return highlight !== 'none' || isPattern || isFilled;
  });
}
