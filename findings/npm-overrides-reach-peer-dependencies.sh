#!/usr/bin/env bash
# npm applies an override nested under a package to the dependencies of its peer dependencies.
#
# Versions: npm 11.19.1, @nestjs/cli 12.0.8, @swc/cli 0.8.1, @swc/core 1.16.18.
# Input: a package with the development dependencies @nestjs/cli and @swc/cli, and
#   "overrides": { "@nestjs/cli": { "commander": "14.0.3" } }. @swc/cli depends on commander ^8.3.0; for @nestjs/cli it is an
#   optional peer dependency.
# Expected: @nestjs/cli gets commander 14.0.3. @swc/cli, which the package depends on itself, keeps 8.3.0.
# Seen: @swc/cli gets 14.0.3 as well, which is outside of its range. Its command `swc` then refuses every file name, because
#   commander 13 and newer refuse arguments that a command does not declare.
# What follows: a second override for the peer dependency ("@swc/cli": { "commander": "8.3.0" }) restores its version, but
#   npm then warns of an overridden peer dependency. An override of the one version that has to be replaced
#   ("commander@15": "14.0.3") reaches only @nestjs/cli, and npm does not warn.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo 'export const answer: number = 42;' >answer.ts

# Installs with these overrides, and prints the versions of commander and what the command does.
try() {
  rm -rf node_modules package-lock.json answer.js
  cat >package.json <<JSON
{
  "private": true,
  "devDependencies": { "@nestjs/cli": "12.0.8", "@swc/cli": "0.8.1", "@swc/core": "1.16.18" },
  "overrides": $1
}
JSON
  npx --yes npm@11.19.1 install --silent --no-audit --no-fund --ignore-scripts
  for name in @nestjs/cli @swc/cli; do
    manifest=node_modules/$name/node_modules/commander/package.json
    [ -f "$manifest" ] || manifest=node_modules/commander/package.json
    echo "$name uses commander $(node -p "JSON.parse(fs.readFileSync('$manifest')).version")"
  done
  npx swc answer.ts -o answer.js >output 2>&1 || true
  grep -o -e 'Successfully compiled' -e 'too many arguments' output
}

seen=$(
  echo 'No overrides:'
  try '{}'
  echo 'Nested under @nestjs/cli:'
  try '{ "@nestjs/cli": { "commander": "14.0.3" } }'
  echo 'Also nested under @swc/cli:'
  try '{ "@nestjs/cli": { "commander": "14.0.3" }, "@swc/cli": { "commander": "8.3.0" } }'
  echo 'Only the version 15:'
  try '{ "commander@15": "14.0.3" }'
)
expected='No overrides:
@nestjs/cli uses commander 15.0.0
@swc/cli uses commander 8.3.0
Successfully compiled
Nested under @nestjs/cli:
@nestjs/cli uses commander 14.0.3
@swc/cli uses commander 14.0.3
too many arguments
Also nested under @swc/cli:
@nestjs/cli uses commander 14.0.3
@swc/cli uses commander 8.3.0
Successfully compiled
Only the version 15:
@nestjs/cli uses commander 14.0.3
@swc/cli uses commander 8.3.0
Successfully compiled'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
