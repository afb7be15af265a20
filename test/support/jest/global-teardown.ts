import './resolve-js-as-ts.cjs';
import { rmSync } from 'node:fs';
import { executeOnServer } from '../database/databases.js';

export default async function globalTeardown(): Promise<void> {
  const { TEST_SERVER_URL: url, TEST_TEMPLATE: template } = process.env;
  const { testServer } = globalThis as {
    testServer?: { stop: () => Promise<void>; dataDir: string; clusterDir: string };
  };
  if (testServer) {
    await testServer.stop();
    rmSync(testServer.dataDir, { recursive: true, force: true });
    rmSync(testServer.clusterDir, { recursive: true, force: true });
  } else if (url && template) {
    await executeOnServer(url, `DROP DATABASE IF EXISTS ${template} WITH (FORCE)`);
  }
}
