import { readFileSync, writeFileSync } from 'node:fs';
import { calibrate } from '../src/modules/xel/evaluation/calibrate.js';

// Measures how wide the intervals of evaluations have to be, on texts that people have judged, and writes the file for the
// variable XEL_CALIBRATION_FILE.
//   npm run xel:calibrate -- TEXTS.jsonl CALIBRATION.json
const [source, target] = process.argv.slice(2);
if (source === undefined || target === undefined) {
  process.stderr.write('Usage: npm run xel:calibrate -- TEXTS.jsonl CALIBRATION.json\n');
  process.exit(2);
}
try {
  const { file, notes } = await calibrate(readFileSync(source, 'utf8').split('\n'));
  for (const note of notes) process.stdout.write(`${note}\n`);
  writeFileSync(target, `${JSON.stringify(file, null, 2)}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
