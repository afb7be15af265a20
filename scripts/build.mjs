// Builds the code into dist/ and the guides into docs/.vitepress/dist.
//   node scripts/build.mjs [--if-changed] [--code]
// --if-changed skips what is unchanged since the last build. Without the compiler (a production install) an existing
// build is kept. --code builds only the code.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const [major, minor] = process.versions.node.split('.').map(Number);
const [minimumMajor, minimumMinor] = engines.node.replace('>=', '').split('.').map(Number);
if (major < minimumMajor || (major === minimumMajor && minor < minimumMinor)) {
  process.stderr.write(
    `Xentree Server needs Node.js ${minimumMajor}.${minimumMinor} or newer. This is Node.js ${process.versions.node}.\n`,
  );
  process.exit(1);
}

const flags = new Set(process.argv.slice(2));

const targets = [
  {
    name: 'code',
    sources: [
      'src',
      'migrations',
      'content/xel',
      'content/live-demo',
      'scripts',
      'nest-cli.json',
      '.swcrc',
      'tsconfig.json',
      'package-lock.json',
    ],
    output: 'dist/server/main.mjs',
    stamp: 'dist/.stamp',
    tool: 'node_modules/@nestjs/cli/bin/nest.js',
    run: (tool) => [tool, 'build'],
    copies: ['content/xel', 'content/live-demo'],
    then: [['dist/scripts/check-course.js'], ['scripts/bundle.mjs', 'dist']],
  },
  {
    name: 'guides',
    sources: ['docs', 'package-lock.json'],
    output: 'docs/.vitepress/dist/index.html',
    stamp: 'docs/.vitepress/dist/.stamp',
    tool: 'node_modules/vitepress/bin/vitepress.js',
    run: (tool) => [tool, 'build', 'docs', '--logLevel', 'warn'],
  },
];

function* filesUnder(path) {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === 'dist' || name === 'cache') return;
  if (!statSync(path).isDirectory()) yield path;
  else for (const entry of readdirSync(path).sort()) yield* filesUnder(`${path}/${entry}`);
}

function fingerprint(sources) {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of filesUnder(join(root, source)))
      hash.update(relative(root, file)).update('\0').update(readFileSync(file));
  }
  return hash.digest('hex');
}

function build({ name, sources, output, stamp, tool, run, copies = [], then = [] }) {
  const present = existsSync(join(root, output));
  if (!existsSync(join(root, tool))) {
    if (present) return;
    throw new Error(
      `The ${name} is not built, and the tools to build it are not installed: run npm ci without --omit=dev.`,
    );
  }
  const now = fingerprint(sources);
  const built = existsSync(join(root, stamp)) ? readFileSync(join(root, stamp), 'utf8') : '';
  if (flags.has('--if-changed') && present && built === now) return;
  process.stdout.write(`Building the ${name} …\n`);
  const runTool = (command) => {
    const { status } = spawnSync(process.execPath, command, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (status !== 0) throw new Error(`Building the ${name} failed.`);
  };
  runTool(run(join(root, tool)));
  for (const folder of copies) cpSync(join(root, folder), join(root, 'dist', folder), { recursive: true });
  for (const command of then) runTool(command);
  mkdirSync(dirname(join(root, stamp)), { recursive: true });
  writeFileSync(join(root, stamp), now);
}

try {
  for (const target of targets) if (target.name === 'code' || !flags.has('--code')) build(target);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
