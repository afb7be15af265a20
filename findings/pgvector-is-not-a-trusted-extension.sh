#!/usr/bin/env bash
# The owner of a database cannot create pgvector in it, although the same role can create pg_trgm.
#
# Versions: pgvector 0.8.7 (@electric-sql/pglite-pgvector 0.0.15 on PGlite 0.5.14); vector.control of 0.8.6 is the same.
# Input: a role without superuser rights that may create objects in its database executes CREATE EXTENSION.
# Expected: both extensions are created: since PostgreSQL 13, "trusted" extensions need no superuser, and pgvector only adds
#   types, functions and access methods.
# Seen: pg_trgm is created; vector: permission denied, "Must be superuser to create this extension". Its control file does not
#   say that it is trusted.
# What follows: the server does not need the extension. It tries to create it, and compares vectors in memory where it may not
#   (src/modules/knowledge/retrieval/vector/pgvector-scanner.ts). A superuser creates it: CREATE EXTENSION vector.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @electric-sql/pglite@0.5.14 @electric-sql/pglite-pgvector@0.0.15

cat >try.mjs <<'JS'
import { PGlite } from '@electric-sql/pglite';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { vector } from '@electric-sql/pglite-pgvector';

const database = await PGlite.create({ extensions: { pg_trgm, vector } });
await database.exec(`
  CREATE ROLE app;
  ALTER DATABASE postgres OWNER TO app;
  GRANT CREATE ON SCHEMA public TO app;
  SET ROLE app;
`);
for (const name of ['pg_trgm', 'vector'])
  try {
    await database.exec(`CREATE EXTENSION ${name}`);
    console.log(`${name}: created`);
  } catch ({ code, hint }) {
    console.log(`${name}: ${code} ${hint}`);
  }
JS
seen=$(node try.mjs)
expected='pg_trgm: created
vector: 42501 Must be superuser to create this extension.'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
