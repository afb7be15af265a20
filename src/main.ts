import { describeOldNode } from './platform/kernel/node-version.js';

// The server is imported dynamically: an older Node.js cannot even load it.
const problem = describeOldNode(process.versions.node);
if (problem) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}
await import('./server.js');
