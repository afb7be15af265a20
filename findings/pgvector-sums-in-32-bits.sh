#!/usr/bin/env bash
# pgvector returns double precision, and computes in 32 bits.
#
# Versions: pgvector 0.8.7 (@electric-sql/pglite-pgvector 0.0.15 on PGlite 0.5.14); 0.8.6 on PostgreSQL 15 does the same.
# Input: inner_product of [4096, 1] with itself, and two vectors of whole numbers whose products with a third differ by 1.
# Expected: 16777217, as the function returns double precision, which holds it; and the larger product first.
# Seen: 16777216, and both products are equal, so that the order is left to chance. For vectors of length 1, the seventh digit
#   of a score is wrong.
# What follows: this server lets pgvector select the best chunks, and computes their scores itself
#   (src/modules/knowledge/retrieval/vector/pgvector-scanner.ts).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true, "type": "module" }' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @electric-sql/pglite@0.5.14 @electric-sql/pglite-pgvector@0.0.15

cat >try.mjs <<'JS'
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';

const database = await PGlite.create({ extensions: { vector } });
await database.exec('CREATE EXTENSION vector');
const { rows } = await database.query(`
  SELECT product, pg_typeof(product)::text AS type FROM (
    SELECT inner_product('[4096,1]'::vector, '[4096,1]'::vector) AS product
    UNION ALL SELECT inner_product('[4096,0]'::vector, '[4096,1]'::vector)
  ) p`);
for (const { product, type } of rows) console.log(type, product);
JS
seen=$(node try.mjs)
expected='double precision 16777216
double precision 16777216'

echo "$seen"
[ "$seen" = "$expected" ] || { printf '\nThe behaviour has changed. It was:\n%s\n' "$expected"; exit 1; }
