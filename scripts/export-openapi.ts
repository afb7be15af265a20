import { writeFileSync } from 'node:fs';
import * as swagger from '@nestjs/swagger';
import { createApp } from '../src/app.js';
import { parseConfig } from '../src/platform/config/index.js';
import { createOpenApiDocument } from '../src/platform/openapi/openapi-document.js';

// Writes openapi.json. The contract test compares it with the document of the running application.
const app = await createApp({
  config: parseConfig({ ...process.env, LOG_LEVEL: 'error', DATA_DIR: '.data/openapi' }),
});
writeFileSync('openapi.json', `${JSON.stringify(createOpenApiDocument(app, swagger), null, 2)}\n`);
await app.close();
