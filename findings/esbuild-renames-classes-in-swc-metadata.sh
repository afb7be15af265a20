#!/usr/bin/env bash
# esbuild renames a class because swc mentions its name in another file.
#
# Versions: @swc/core 1.16.18, esbuild 0.25.12.
# Input: file A exports a class. File B has a decorated method with a parameter of this class, imported with `import type`,
#   and is compiled with legacy decorators and decorator metadata. esbuild bundles both; no other file has the name.
# Expected: in the bundle the class has its own name, as it has without B.
# Seen: for the type that is not imported at run time, swc emits `typeof Answer === "undefined" ? Object : Answer` (tsc
#   emits `Object`). esbuild must treat the name in B as a reference to a global variable, and renames the class in A to
#   avoid a collision: `Answer.name` is "Answer2".
# What follows: everything that uses class names at run time changes with the bundle, for example the schema names of
#   @nestjs/swagger and the tokens in error messages of Nest. The option `keepNames` of esbuild restores the name.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --save-exact @swc/core@1.16.18 esbuild@0.25.12

cat >answer.ts <<'TS'
export class Answer {}
TS
cat >service.ts <<'TS'
import type { Answer } from './answer.js';

const noted = (): MethodDecorator => () => undefined;

export class Service {
  @noted()
  reply(answer: Answer): void {}
}
TS
cat >alone.ts <<'TS'
import { Answer } from './answer.js';

console.log(Answer.name);
TS
cat >together.ts <<'TS'
import { Answer } from './answer.js';
import { Service } from './service.js';

console.log(Answer.name, Service.name);
TS
cat >compile.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { transformFileSync } from '@swc/core';

const parser = { syntax: 'typescript', decorators: true };
const transform = { legacyDecorator: true, decoratorMetadata: true };
for (const name of ['answer', 'service', 'alone', 'together']) {
  const { code } = transformFileSync(`${name}.ts`, { jsc: { parser, transform, target: 'es2022' } });
  writeFileSync(`${name}.js`, code);
}
JS
node compile.mjs

run_bundle() {
  npx esbuild "$1.js" --bundle --format=esm --outfile="$1.mjs" --log-level=warning "${@:2}"
  node "$1.mjs"
}

seen=$(
  grep -o 'typeof Answer.*Answer' service.js
  echo "compiled: $(node together.js)"
  echo "bundled without the service: $(run_bundle alone)"
  echo "bundled: $(run_bundle together)"
  echo "bundled with keepNames: $(run_bundle together --keep-names)"
)
expected='typeof Answer === "undefined" ? Object : Answer
compiled: Answer Service
bundled without the service: Answer
bundled: Answer2 Service
bundled with keepNames: Answer Service'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
