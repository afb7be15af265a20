import { createApp } from '../src/app.js';
import { ProgressRebuildService } from '../src/modules/progress/index.js';
import { parseConfig } from '../src/platform/config/index.js';

// Computes totals, days and streaks from the ledger, and the days of members from the events, and prints a JSON line for each value that was different.
const app = await createApp({ config: parseConfig({ ...process.env, LOG_LEVEL: 'error' }) });
let count = 0;
for await (const difference of app.get(ProgressRebuildService).rebuildAll()) {
  process.stdout.write(`${JSON.stringify(difference)}\n`);
  count += 1;
}
process.stdout.write(`${count} differences\n`);
await app.close();
